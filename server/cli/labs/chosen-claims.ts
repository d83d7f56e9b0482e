import { didYouMean } from '../../../checks/nearest.ts'
import type { Lab } from '../../../labs/lab-schema.ts'
import { type Claim, claimsOf } from '../../services/lab-proof.ts'
import { Misuse } from './usage.ts'

/** What `only` may call the untouched start. */
const START = 'start'

/** The claims of these labs; with `only` those of the solutions and tasks named. Throws Misuse for a name that is neither. */
export function chosenClaims(labs: readonly Lab[], only: readonly string[]): Claim[] {
  const claims = labs.flatMap(claimsOf)
  if (only.length === 0) return claims
  const names = new Set([
    START,
    ...claims.flatMap(namesOf),
    ...labs.flatMap(({ tasks }) => tasks.map(({ id }) => id)),
  ])
  const unknown = only.find((name) => !names.has(name))
  if (unknown !== undefined)
    throw new Misuse(`there is no solution or task ${unknown}${didYouMean(unknown, names)}`)
  return claims.filter((claim) => namesOf(claim).some((name) => only.includes(name)))
}

/** The solution and the tasks that it speaks of. */
function namesOf({ solution }: Claim): string[] {
  if (!solution) return [START]
  return [solution.name, ...(solution.fails ? [solution.fails.task] : solution.passes)]
}
