import { type Check, CheckFault } from './check.ts'
import { broken } from './outcome.ts'
import type { Outcome } from './verdict.ts'

const faultMessages: Record<string, string> = {
  'engine-down': 'The Docker engine in your sandbox did not answer. Try again in a few seconds.',
  'engine-answer': 'The Docker engine in your sandbox gave an answer that makes no sense. Try again.',
  timeout: 'The check did not end in time. Try again.',
}

/** What a check says of what was gathered. A pass without evidence, or a code that no one documented, is a mistake of ours. */
export function judge(check: Check, gathered: unknown, params: unknown): Outcome {
  try {
    const outcome = check.judge(gathered, params)
    const sound =
      outcome.status === 'passed'
        ? outcome.evidence.length > 0
        : outcome.status === 'broken' || Object.hasOwn(codesOf(check, params), outcome.code)
    return sound
      ? outcome
      : broken('check-failed', `The check \`${check.name}\` gave a verdict that makes no sense.`)
  } catch {
    return broken('check-failed', `The check \`${check.name}\` could not judge what it found.`)
  }
}

/** The outcome of a check whose gathering failed. */
export function faultOf(error: unknown): Outcome {
  if (error instanceof CheckFault) return broken(error.code, faultMessages[error.code] ?? error.message)
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'student-engine-answer') return withDetail('engine-answer', error)
  if (code === 'student-engine-down' || code === 'sandbox-gone') return withDetail('engine-down', error)
  return broken('check-failed', 'The check failed for a reason of its own. Try again.')
}

function withDetail(code: 'engine-down' | 'engine-answer', error: unknown): Outcome {
  const observed = error instanceof Error ? error.message : 'no answer'
  return broken(code, faultMessages[code] ?? '', [
    { expected: 'an answer', observed, source: 'student engine' },
  ])
}

/** Every code that a use may answer when it has not passed, with its meaning. */
export function codesOf(check: Check, params: unknown): Record<string, string> {
  return check.moreCodes ? { ...check.codes, ...check.moreCodes(params) } : check.codes
}

/** The part of the parameters that a check's gathering depends on. */
export function askedBy(check: Check, params: unknown): unknown {
  return check.asks ? check.asks(params) : params
}

/** Whether a use's verdict depends on measured time. */
export function isTimed(check: Check, params: unknown): boolean {
  return typeof check.timed === 'function' ? check.timed(params) : check.timed === true
}
