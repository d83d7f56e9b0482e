import type { LabProblem } from '../../../labs/lab-problem.ts'
import { planCourses } from '../../host/images/course-images.ts'
import { planImages } from '../../host/images/image-plan.ts'

/** What is wrong with the Dockerfiles of course folders, as far as it shows without a build. */
export async function imageProblems(labsDir: string, courses: readonly string[]): Promise<LabProblem[]> {
  if (courses.length === 0) return []
  const { faults } = await planCourses(await planImages(labsDir), courses)
  return faults.map(({ name, file, line, message }) => ({
    file: file ?? name,
    ...(line && { line }),
    message,
  }))
}
