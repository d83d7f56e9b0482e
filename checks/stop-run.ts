import { notYet, passed } from './outcome.ts'
import { toPattern } from './params.ts'
import type { Evidence, Outcome } from './verdict.ts'

const SIGKILL = '9'

/** One clone, from its start to its end. */
export interface Run {
  ready: boolean
  /** Whether it still ran when it was to be stopped. */
  ranUntilStopped: boolean
  exitCode: number
  /** Lines before and after the stop was sent. */
  before: string[]
  after: string[]
  /** Signals that the engine sent, in order. */
  signals: string[]
  /** From the first signal to the end by the engine's clock; null without a signal. */
  stopMs: number | null
}

interface Wanted {
  ready?: string
  ready_ms: number
  max_ms: number
  exit_codes: number[]
  goodbye?: string
  silent?: string
}

/** Whether one clone ended as wanted; `what` is the name that the student knows. */
export function judgeStop(run: Run, what: string, given: Wanted): Outcome {
  const source = `clone of ${what}`
  const one = (expected: string, observed: string, field: string): Evidence => ({
    expected,
    observed,
    source: `${source} · ${field}`,
  })
  const end = run.after.at(-1) ?? 'no line'
  const said = (text: string | undefined, lines: string[]) =>
    text !== undefined && lines.some((line) => toPattern(text).test(line))

  const signals = one('no signal 9', run.signals.join(', ') || 'no signal', 'signals sent by the engine')
  const exit = one(
    `exit code ${given.exit_codes.join(' or ')}`,
    `exit code ${run.exitCode}`,
    'State.ExitCode',
  )
  const time = one(
    `at most ${given.max_ms} ms`,
    run.stopMs === null ? 'not stopped' : `${Math.round(run.stopMs)} ms`,
    'first signal to die',
  )
  if (!run.ranUntilStopped || run.signals.length === 0) {
    const evidence = [
      one('still running', `ended by itself with exit code ${run.exitCode}`, 'State.Running before the stop'),
    ]
    return notYet('exits-by-itself', `\`${what}\` ended by itself before it was asked to stop.`, evidence)
  }
  if (!run.ready) {
    const evidence = [one(`a line like ${given.ready}`, run.before.at(-1) ?? 'no line', 'log')]
    return notYet(
      'not-ready',
      `\`${what}\` did not say within ${given.ready_ms / 1000} s that it is up.`,
      evidence,
    )
  }
  if (run.signals[0] === SIGKILL) {
    return notYet('killed-at-once', `\`${what}\` is killed at once: its stop signal is SIGKILL.`, [
      signals,
      exit,
      time,
    ])
  }
  if (run.signals.includes(SIGKILL)) {
    return notYet(
      'killed-not-stopped',
      `\`${what}\` did not end when it was asked to, so the engine killed it.`,
      [signals, exit, time],
    )
  }
  if (said(given.goodbye, run.before)) {
    const evidence = [one('goodbye after the signal', 'goodbye before it', 'log')]
    return notYet('goodbye-early', `\`${what}\` said goodbye before it was asked to stop.`, evidence)
  }
  if (given.goodbye !== undefined && !said(given.goodbye, run.after)) {
    const evidence = [one(`a line like ${given.goodbye}`, end, 'log after the signal'), exit, signals]
    return notYet(
      'goodbye-missing',
      `\`${what}\` ended without its goodbye line: the program never heard the signal.`,
      evidence,
    )
  }
  if (said(given.silent, [...run.before, ...run.after])) {
    const evidence = [one(`no line like ${given.silent}`, end, 'log'), exit]
    return notYet('goodbye-unexpected', `\`${what}\` wrote a line that should not be there.`, evidence)
  }
  if (!given.exit_codes.includes(run.exitCode)) {
    return notYet('exit-wrong', `\`${what}\` ended with exit code ${run.exitCode}.`, [exit, signals, time])
  }
  if (run.stopMs === null || run.stopMs > given.max_ms) {
    return notYet('stop-slow', `\`${what}\` took too long to end.`, [time, signals])
  }
  const farewell =
    given.goodbye === undefined ? [] : [one(`a line like ${given.goodbye}`, end, 'log after the signal')]
  return passed(`\`${what}\` ends by itself when it is asked to.`, [signals, exit, time, ...farewell])
}
