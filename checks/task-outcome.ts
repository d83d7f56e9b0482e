import type { Verdict } from './verdict.ts'

/** What a task shows: passed when all its checks passed, else the first that is not, `not-yet` before `broken`. */
export function taskOutcome(verdicts: readonly Pick<Verdict, 'status' | 'code'>[]): {
  status: Verdict['status'] | 'unchecked'
  code: string | null
} {
  const shown =
    verdicts.find((each) => each.status === 'not-yet') ?? verdicts.find((each) => each.status === 'broken')
  if (shown) return { status: shown.status, code: shown.code }
  return verdicts.length > 0 ? { status: 'passed', code: 'passed' } : { status: 'unchecked', code: null }
}
