import { isDeepStrictEqual } from 'node:util'
import type { Check } from './check.ts'
import { askedBy, judge } from './judge.ts'
import { type CheckUse, dress } from './run-check.ts'
import type { Outcome } from './verdict.ts'

/** Why stored evidence does not answer a use. */
export type Insufficient =
  /** Gathering had failed: nothing was kept. */
  | 'not-gathered'
  /** Another check was asked then. */
  | 'other-check'
  /** The same check was asked something else then. */
  | 'other-question'
  /** What was kept cannot be read. */
  | 'evidence-unreadable'
  /** There is no such check now, or the parameters of one of the uses do not suit it. */
  | 'check-unknown'
  | 'check-invalid'

export type JudgedAgain =
  | { kind: 'judged'; outcome: Outcome }
  | { kind: 'insufficient'; why: Insufficient; message: string }

/**
 * Judges stored evidence by a use of today. It suffices when it was gathered for the same question: when what the check `asks`
 * is equal for both uses, by the parameters as today's check reads them. `seed`: the
 * session's, for the same masks of secrets as then. Pure; never throws.
 */
export function judgeAgain(
  checks: ReadonlyMap<string, Check>,
  today: CheckUse,
  stored: { use: CheckUse; gathered: string | null },
  seed?: string,
): JudgedAgain {
  const check = checks.get(today.use)
  if (!check) return insufficient('check-unknown', `There is no check \`${today.use}\`.`)
  const params = check.params.safeParse(today.with)
  if (!params.success)
    return insufficient('check-invalid', `The parameters of \`${today.use}\` are not valid.`)
  if (stored.use.use !== today.use)
    return insufficient('other-check', `\`${stored.use.use}\` was asked, not \`${today.use}\`.`)
  if (stored.gathered === null) return insufficient('not-gathered', 'No evidence was gathered.')
  const before = check.params.safeParse(stored.use.with)
  if (!before.success)
    return insufficient(
      'check-invalid',
      `The parameters that \`${today.use}\` was asked with are no longer valid.`,
    )
  if (!isDeepStrictEqual(plain(askedBy(check, before.data)), plain(askedBy(check, params.data))))
    return insufficient('other-question', `\`${today.use}\` was asked something else.`)
  let gathered: unknown
  try {
    gathered = JSON.parse(stored.gathered)
  } catch {
    return insufficient('evidence-unreadable', 'The evidence that was kept is not readable.')
  }
  return { kind: 'judged', outcome: dress(judge(check, gathered, params.data), today, seed) }
}

/** As JSON would keep it: what is undefined is not there. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null')
}

function insufficient(why: Insufficient, message: string): JudgedAgain {
  return { kind: 'insufficient', why, message }
}
