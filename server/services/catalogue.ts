import type { Check } from '../../checks/check.ts'
import type { LabInvalid } from '../../labs/lab-invalid.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import { loadLabs } from '../../labs/load-labs.ts'
import type { LabCatalogue, LabDetail } from '../contract/lab.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'

/** The labs of this server, as they were read at its start. */
export class Catalogue {
  readonly #labs: ReadonlyMap<string, Lab>
  readonly #faults: ReadonlyMap<string, LabInvalid>
  /** What is wrong with all of them. */
  readonly #fault: DrydockError | undefined

  constructor(labs: Lab[], invalid: LabInvalid[], fault?: DrydockError) {
    this.#labs = new Map(labs.map((lab) => [lab.slug, lab]))
    this.#faults = new Map(invalid.map((error) => [error.slug, error]))
    this.#fault = fault
  }

  /** Reads the labs folder. What is wrong there is logged and told to those who ask for it, and takes nothing else down. */
  static async read(deps: {
    labsDir: string
    checks: ReadonlyMap<string, Check>
    log: Log
  }): Promise<Catalogue> {
    try {
      const { labs, invalid } = await loadLabs(deps.labsDir, deps.checks)
      if (labs.length + invalid.length === 0) {
        throw new DrydockError('lab-invalid', `There is no lab in ${deps.labsDir}.`)
      }
      for (const error of invalid) deps.log.error({ lab: error.slug }, error.message)
      return new Catalogue(labs, invalid)
    } catch (error) {
      const fault = error instanceof DrydockError ? error : new DrydockError('lab-invalid', String(error))
      deps.log.error({ err: error }, 'no lab could be read')
      return new Catalogue([], [], fault)
    }
  }

  /** All labs in the catalogue's order, and those that cannot be used. Throws `lab-invalid` when none could be read. */
  list(): LabCatalogue {
    if (this.#fault) throw this.#fault
    return {
      labs: [...this.#labs.values()].map((lab) => ({ ...common(lab), tasks: lab.tasks.length })),
      broken: [...this.#faults.values()].map(({ slug, problems }) => ({ slug, problems: [...problems] })),
    }
  }

  /** The lab as a student may see it: no checks, no solutions. Throws as `lab` does. */
  detail(slug: string): LabDetail {
    const lab = this.lab(slug)
    return {
      ...common(lab),
      brief: lab.brief,
      model: lab.model,
      goals: lab.goals,
      images: lab.images,
      tools: lab.tools,
      afterword: lab.afterword,
      hintCost: lab.hint_cost,
      tasks: lab.tasks.map(({ id, title, body, answers, weight, grading, verify }) => ({
        id,
        title,
        body,
        answers,
        weight,
        grading,
        cleanRoom: verify !== undefined,
      })),
    }
  }

  /** The lab itself. Throws `lab-unknown`, and `lab-invalid` with the places when its files are not valid. */
  lab(slug: string): Lab {
    const lab = this.#labs.get(slug)
    if (lab) return lab
    throw this.#faults.get(slug) ?? this.#fault ?? new DrydockError('lab-unknown')
  }

  /** The lab, if it is there and valid. */
  find(slug: string): Lab | undefined {
    return this.#labs.get(slug)
  }
}

function common({ slug, title, promise, track, minutes, level, needs }: Lab) {
  return { slug, title, promise, track, minutes, level, needs }
}
