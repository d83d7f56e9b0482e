import type { TaskTrial } from '../../labs/mutants.ts'
import type { Claim, Proof } from './lab-proof.ts'

/** What the first run of each claim has gathered, task by task. */
export function taskTrials(proved: readonly { claim: Claim; proofs: readonly Proof[] }[]): TaskTrial[] {
  return proved.flatMap(({ claim: { solution }, proofs: [proof] }) =>
    (proof?.graded ?? []).map(({ task, checks }) => ({
      task,
      solution: solution?.name ?? 'start',
      claim: solution?.fails
        ? { kind: 'bad' as const, code: solution.fails.code }
        : { kind: solution ? ('good' as const) : ('start' as const) },
      checks,
    })),
  )
}
