import type { Check } from '../../checks/check.ts'
import { LabInvalid } from '../../labs/lab-invalid.ts'
import type { LabProblem } from '../../labs/lab-problem.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import { loadLabs } from '../../labs/load-labs.ts'
import type { LabCatalogue, LabDetail } from '../contract/lab.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'

/** Characters of the end of an image's build log that are shown with a lab. */
const MAX_WHY = 4_000

export interface CatalogueDeps {
  labsDir: string
  /** Course folders beside it. */
  courses?: readonly string[]
  checks: ReadonlyMap<string, Check>
  log: Log
}

/** What was read in one go; it is replaced as a whole. */
interface Reading {
  labs: ReadonlyMap<string, Lab>
  faults: readonly LabInvalid[]
  /** What is wrong with all of them. */
  fault?: DrydockError
}

/** The labs of this server, as they were last read. */
export class Catalogue {
  readonly #deps: CatalogueDeps
  #now: Reading = { labs: new Map(), faults: [] }
  /** Every lab that was valid once, as it last was: its sessions go on by it while an author mends it. */
  readonly #valid = new Map<string, Lab>()
  #reading: Promise<void> = Promise.resolve()
  /** Images that cannot be had, by the name that a student sees, and why; holds from the next reading on. */
  imageFaults: ReadonlyMap<string, string> = new Map()

  constructor(deps: CatalogueDeps) {
    this.#deps = deps
  }

  /** Reads the labs folders. What is wrong there is logged and told to those who ask for it, and takes nothing else down. */
  static async read(deps: CatalogueDeps): Promise<Catalogue> {
    const catalogue = new Catalogue(deps)
    await catalogue.reload()
    return catalogue
  }

  /** Reads the folders again, one reading after the other; what was read before is there until then. Never throws. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      const known = new Set(this.#now.faults.map(({ message }) => message))
      this.#now = await this.#read()
      for (const lab of this.#now.labs.values()) this.#valid.set(lab.slug, lab)
      for (const { slug, message } of this.#now.faults)
        if (!known.has(message)) this.#deps.log.error({ lab: slug }, message)
    })
    return this.#reading
  }

  async #read(): Promise<Reading> {
    const { labsDir, courses, checks, log } = this.#deps
    try {
      const { labs: valid, invalid } = await loadLabs(labsDir, checks, courses)
      const imageless = valid.flatMap((lab) => this.#withoutImages(lab) ?? [])
      const labs = valid.filter(({ slug }) => !imageless.some((fault) => fault.slug === slug))
      invalid.push(...imageless)
      const none = labs.length + invalid.length === 0
      const fault = none ? new DrydockError('lab-invalid', `There is no lab in ${labsDir}.`) : undefined
      if (fault) log.error({ err: fault }, 'no lab could be read')
      return { labs: new Map(labs.map((lab) => [lab.slug, lab])), faults: invalid, ...(fault && { fault }) }
    } catch (error) {
      const fault = error instanceof DrydockError ? error : new DrydockError('lab-invalid', String(error))
      log.error({ err: error }, 'no lab could be read')
      const { labs } = this.#now
      // What all labs stand on is wrong: those that were read before stay, with the fault beside them.
      if (labs.size > 0) {
        const problems = [{ file: 'labs', message: fault.message }]
        return { labs, faults: [fault instanceof LabInvalid ? fault : new LabInvalid('labs', problems)] }
      }
      return { labs: new Map(), faults: [], fault }
    }
  }

  /** What is wrong with the lab's images. */
  #withoutImages({ slug, images }: Lab): LabInvalid | undefined {
    const problems = images.flatMap(({ name }) => {
      const why = this.imageFaults.get(name)
      const message = `the image ${name} cannot be had: ${why?.slice(-MAX_WHY)}`
      return why === undefined ? [] : [{ file: `${slug}/lab.yaml`, field: 'images', message }]
    })
    return problems.length > 0 ? new LabInvalid(slug, problems) : undefined
  }

  /** All labs in the catalogue's order, and those that cannot be used. Throws `lab-invalid` when none could be read. */
  list(): LabCatalogue {
    const { labs, faults, fault } = this.#now
    if (fault) throw fault
    return {
      labs: [...labs.values()].map((lab) => ({ ...common(lab), tasks: lab.tasks.length })),
      broken: faults.map(({ slug, problems }) => ({ slug, problems: [...problems] })),
    }
  }

  /** The lab as a student may see it: no checks, no solutions; with what is wrong, if it was valid once. Throws as `begun` does. */
  detail(slug: string): LabDetail {
    const lab = this.begun(slug)
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
      problems: this.#now.labs.has(slug) ? [] : this.problems(slug),
    }
  }

  /** The lab itself. Throws `lab-unknown`, and `lab-invalid` with the places when its files are not valid. */
  lab(slug: string): Lab {
    const { labs, faults, fault } = this.#now
    const lab = labs.get(slug)
    if (lab) return lab
    throw faults.find((each) => each.slug === slug) ?? fault ?? new DrydockError('lab-unknown')
  }

  /** What is wrong with the lab as it is now, and with what all labs stand on. */
  problems(slug: string): LabProblem[] {
    const { labs, faults, fault } = this.#now
    const own = faults.filter(
      (each) => each.slug === slug || each.slug.endsWith(`/${slug}`) || shared.has(each.slug),
    )
    if (own.length > 0) return own.flatMap(({ problems }) => [...problems])
    if (labs.has(slug)) return []
    return [{ file: slug, message: fault?.message ?? 'is not there' }]
  }

  /** The lab for a session that was begun: as it last was valid. Throws as `lab` does. */
  begun(slug: string): Lab {
    return this.find(slug) ?? this.lab(slug)
  }

  /** The lab as it last was valid, if it ever was here. */
  find(slug: string): Lab | undefined {
    return this.#now.labs.get(slug) ?? this.#valid.get(slug)
  }
}

/** What a fault of all labs is told under. */
const shared: ReadonlySet<string> = new Set(['labs', 'images'])

function common({ slug, title, promise, track, minutes, level, needs }: Lab) {
  return { slug, title, promise, track, minutes, level, needs }
}
