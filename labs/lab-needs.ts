import { didYouMean } from '../checks/nearest.ts'
import type { LabProblem, Path } from './lab-problem.ts'

/** A lab's `needs` and how to name a place in its file. */
export interface Needy {
  needs: readonly string[]
  problem(path: Path, message: string): LabProblem
}

/** What is wrong with `needs`, by lab: labs that are not there, and those that lead back to where they began. */
export function checkNeeds(
  labs: ReadonlyMap<string, Needy>,
  /** Every lab folder, also of a lab that cannot be used. */
  slugs: readonly string[],
): Map<string, LabProblem[]> {
  const found = new Map<string, LabProblem[]>()
  for (const [slug, { needs, problem }] of labs) {
    const problems = needs.flatMap((need, index) => {
      const path = ['needs', index]
      if (!slugs.includes(need)) {
        const others = slugs.filter((each) => each !== slug)
        return [problem(path, `there is no lab ${need}${didYouMean(need, others)}`)]
      }
      const way = wayBack(labs, need, slug)
      return way ? [problem(path, `leads back here: ${[slug, ...way].join(' needs ')}`)] : []
    })
    if (problems.length > 0) found.set(slug, problems)
  }
  return found
}

/** The labs from one to another along `needs`, both included. */
function wayBack(labs: ReadonlyMap<string, Needy>, from: string, to: string): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]])
  for (const slug of cameFrom.keys()) {
    if (slug === to) {
      const way: string[] = []
      for (let at: string | undefined = slug; at !== undefined; at = cameFrom.get(at)) way.unshift(at)
      return way
    }
    for (const next of labs.get(slug)?.needs ?? []) if (!cameFrom.has(next)) cameFrom.set(next, slug)
  }
  return undefined
}
