import { didYouMean } from '../../../checks/nearest.ts'
import type { LabInvalid } from '../../../labs/lab-invalid.ts'
import { showProblem } from '../../../labs/lab-problem.ts'
import type { LabLibrary } from '../../../labs/load-labs.ts'
import { Misuse } from './usage.ts'

/** Throws Misuse for the first of these slugs that names no lab, with what is wrong with the course folders: it may lie in one. */
export function refuseUnknown(
  slugs: readonly string[],
  { labs, invalid }: Pick<LabLibrary, 'labs' | 'invalid'>,
): void {
  const all = [...labs, ...invalid.filter(({ of }) => of === 'lab')].map(({ slug }) => slug)
  const unknown = slugs.find((slug) => !all.includes(slug))
  if (unknown === undefined) return
  const message = `there is no lab ${unknown}${didYouMean(unknown, all)}`
  throw new Misuse([message, ...courseProblems(invalid).map(showProblem)].join('\n'))
}

/** What is wrong with course folders themselves and with what their images say of themselves. */
export function courseProblems(invalid: readonly LabInvalid[]) {
  return invalid.filter(({ of }) => of === 'course').flatMap(({ problems }) => problems)
}
