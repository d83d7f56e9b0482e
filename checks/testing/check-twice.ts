import { systemClock } from '../../server/clock.ts'
import { type CheckContextDeps, checkContext } from '../../server/engine/check-context.ts'
import { judgeAgain } from '../judge-again.ts'
import { checks } from '../registry.ts'
import { type CheckRun, runCheck } from '../run-check.ts'
import type { Verdict } from '../verdict.ts'

/** Runs a check once. */
export function ask(
  deps: Omit<CheckContextDeps, 'seed' | 'clock'>,
  use: string,
  params: Record<string, unknown>,
): Promise<CheckRun> {
  const contextFor = (signal: AbortSignal) =>
    checkContext({ ...deps, seed: 'seed', clock: systemClock }, signal)
  const run = { checks, contextFor, after: systemClock.after, now: systemClock.now }
  return runCheck(run, 'task', { use, with: params, codes: {}, messages: {} })
}

/** The verdict of a run, after judging a second time what was stored. */
export function sameAgain(
  { verdict, gathered }: CheckRun,
  use: string,
  params: Record<string, unknown>,
): Verdict {
  if (gathered === null) return verdict
  const asked = { use, with: params, codes: {}, messages: {} }
  const again = judgeAgain(checks, asked, { use: asked, gathered })
  if (again.kind !== 'judged' || again.outcome.code !== verdict.code)
    throw new Error(`Judged again: ${JSON.stringify(again)}, not ${verdict.code}`)
  return verdict
}

/** The code of the verdict on what was gathered, under other parameters that ask for the same. */
export function codeAgain(
  { gathered }: CheckRun,
  use: string,
  asked: Record<string, unknown>,
  params: Record<string, unknown>,
): string {
  const plain = { use, codes: {}, messages: {} }
  const again = judgeAgain(checks, { ...plain, with: params }, { use: { ...plain, with: asked }, gathered })
  return again.kind === 'judged' ? again.outcome.code : again.message
}
