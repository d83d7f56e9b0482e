import { type Check, type CheckContext, CheckFault, type Snapshot } from './check.ts'
import { faultOf, judge } from './judge.ts'
import { broken } from './outcome.ts'
import { maskOutcome, maskUnder } from './secrets.ts'
import { watched } from './snapshots.ts'
import type { Outcome, Verdict } from './verdict.ts'

/** One use of a check, as a task in lab.yaml writes it. */
export interface CheckUse {
  use: string
  with: Record<string, unknown>
  /** The check's code to the task's own. */
  codes: Record<string, string>
  /** The task's own sentence, by the task's own code; `{expected}` and `{observed}` are those of the first evidence. */
  messages: Record<string, string>
}

export interface CheckRun {
  verdict: Verdict
  /** JSON as gathered, to be judged again later; null when gathering failed. */
  gathered: string | null
  /** What it got when it inspected something, bounded, also when gathering failed. */
  snapshots: Snapshot[]
}

export interface RunDeps {
  checks: ReadonlyMap<string, Check>
  /** What the check may ask; all of it ends with the signal. */
  contextFor: (signal: AbortSignal) => CheckContext
  /** Calls back once after milliseconds; the result cancels. */
  after: (ms: number, fn: () => void) => () => void
  now: () => number
}

/** The longest check is stop_probe: two clones, each up to 10 s to be ready and some seconds to stop. */
const CHECK_MS = 60_000
/** After the time is over, so long for a probe to remove what it made. */
const CLEAN_UP_MS = 20_000
const MAX_GATHERED = 1024 * 1024
const MAX_TEXT = 600

/**
 * Asks one check and gives its verdict. Never throws for what happens in the sandbox: a failure is `broken`, never `passed`.
 * Rejects only with the reason of `signal`, when the caller ends it.
 */
export async function runCheck(
  deps: RunDeps,
  task: string,
  use: CheckUse,
  signal?: AbortSignal,
): Promise<CheckRun> {
  const { outcome, seed, gathered = null, snapshots = [] } = await ask(deps, use, signal)
  const at = deps.now()
  return { verdict: { ...dress(outcome, use, seed), task, check: use.use, at }, gathered, snapshots }
}

interface Asked {
  outcome: Outcome
  gathered?: string
  snapshots?: Snapshot[]
  seed?: string
}

async function ask(deps: RunDeps, use: CheckUse, signal?: AbortSignal): Promise<Asked> {
  const check = deps.checks.get(use.use)
  if (!check) return { outcome: broken('check-unknown', `There is no check \`${use.use}\`.`) }
  const params = check.params.safeParse(use.with)
  if (!params.success)
    return { outcome: broken('check-invalid', `The parameters of \`${use.use}\` are not valid.`) }
  let watch: ReturnType<typeof watched> | undefined
  const seen = () => ({ snapshots: watch?.taken() ?? [], seed: watch?.context.seed })
  try {
    const found = await bounded(deps, signal, (ending) => {
      watch = watched(deps.contextFor(ending))
      return check.gather(watch.context, params.data)
    })
    // Judged is what will be stored, not what was in memory.
    const gathered = JSON.stringify(found)
    if (gathered === undefined || gathered.length > MAX_GATHERED)
      throw new CheckFault('check-failed', 'There is too much evidence.')
    return { outcome: judge(check, JSON.parse(gathered), params.data), gathered, ...seen() }
  } catch (error) {
    signal?.throwIfAborted()
    return { outcome: faultOf(error), ...seen() }
  }
}

/** Gathers within the time limit. When that is over, waits for the clean-up of what was made, bounded too. */
async function bounded<T>(
  deps: RunDeps,
  signal: AbortSignal | undefined,
  gather: (ending: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const ending = new AbortController()
  const stop = () => ending.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  const cancel = deps.after(CHECK_MS, () =>
    ending.abort(new CheckFault('timeout', 'The check did not end in time.')),
  )
  let cancelGrace = () => {}
  const over = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => {
      cancelGrace = deps.after(CLEAN_UP_MS, () => reject(ending.signal.reason))
    })
  })
  over.catch(() => {})
  try {
    const found = await Promise.race([gather(ending.signal), over])
    ending.signal.throwIfAborted()
    return found
  } catch (error) {
    throw ending.signal.aborted ? ending.signal.reason : error
  } finally {
    cancel()
    cancelGrace()
    signal?.removeEventListener('abort', stop)
  }
}

/**
 * The task's own code and words, and text that is safe to show: without values of secrets and control characters, bounded.
 * `seed`: the session's, so that equal secrets can be seen to be equal.
 */
export function dress(bare: Outcome, use: CheckUse, seed?: string): Outcome {
  const outcome = maskOutcome(bare, maskUnder(seed))
  const evidence = outcome.evidence.slice(0, 10).map(({ expected, observed, source }) => ({
    expected: safe(expected),
    observed: safe(observed),
    source: safe(source),
  }))
  if (outcome.status === 'passed') return { ...outcome, message: safe(outcome.message), evidence }
  const own = Object.hasOwn(use.codes, outcome.code) ? use.codes[outcome.code] : undefined
  const code = outcome.status === 'not-yet' && own !== undefined ? own : outcome.code
  const text =
    outcome.status === 'not-yet' && Object.hasOwn(use.messages, code) ? use.messages[code] : undefined
  const message = text?.replace(
    /\{(expected|observed)\}/gu,
    (_, which: 'expected' | 'observed') => evidence[0]?.[which] ?? '',
  )
  return { ...outcome, code, message: safe(message ?? outcome.message), evidence }
}

function safe(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD').slice(0, MAX_TEXT)
}
