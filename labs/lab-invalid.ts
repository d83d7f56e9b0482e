import { DrydockError } from '../server/errors.ts'
import { type LabProblem, showProblem } from './lab-problem.ts'

/** A lab, or a whole course folder, that cannot be used. `problems` names every file, line and field found wrong. */
export class LabInvalid extends DrydockError {
  readonly slug: string
  readonly problems: readonly LabProblem[]
  readonly of: 'lab' | 'course'
  constructor(slug: string, problems: readonly LabProblem[], of: 'lab' | 'course' = 'lab') {
    super('lab-invalid', problems.map(showProblem).join('\n'))
    this.name = 'LabInvalid'
    this.slug = slug
    this.problems = problems
    this.of = of
  }
}
