import { z } from 'zod'
import type { CheckContext } from './check.ts'
import { argv, showCommand, userName } from './command.ts'
import { type Expectation, expectation, judgeRan, keep, type Ran } from './expectation.ts'
import { notYet, passed } from './outcome.ts'
import type { Clone } from './own-container.ts'
import { pattern, toPattern } from './params.ts'
import type { Outcome } from './verdict.ts'

const within = (ms: number) => z.int().min(100).max(30_000).default(ms)

/** What is done with a clone, and what must come of it. */
export const act = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('exec').describe('Run a program in it'),
    argv: argv.describe('Absolute path of a program in it, then arguments'),
    user: userName.optional().describe("Who runs it; the container's own user without"),
    within_ms: within(5_000).describe('How long it may take'),
    expect: expectation.prefault({}).describe('How it must end and what it must write'),
  }),
  z.strictObject({
    do: z.literal('log').describe('Wait for a line of its output'),
    matches: pattern.describe('A regular expression that finds the line'),
    within_ms: within(10_000).describe('How long that may take'),
  }),
  z.strictObject({
    do: z.literal('health').describe('Wait for a status of its health check'),
    status: z.enum(['healthy', 'unhealthy', 'starting']).describe('The status'),
    within_ms: within(15_000).describe('How long that may take'),
  }),
  z.strictObject({
    do: z.literal('runs').describe('It must go on running'),
    for_ms: within(3_000).describe('For so long'),
  }),
  z.strictObject({
    do: z.literal('ends').describe('It must end by itself'),
    within_ms: within(2_000).describe('Within so long'),
    expect: expectation.prefault({}).describe('How it must end and what it must have written'),
  }),
  z.strictObject({
    do: z.literal('restart').describe('Stop it, if it runs, and start it again'),
    grace_s: z.int().min(0).max(10).default(2).describe('Seconds that it has to end'),
  }),
  z.strictObject({
    do: z.literal('stop').describe('Stop it'),
    grace_s: z.int().min(0).max(10).default(5).describe('Seconds that it has to end'),
    expect: expectation
      .prefault({ exit: { min: 0 } })
      .describe('How it must end and what it must have written'),
  }),
])
export type Act = z.infer<typeof act>

/** What came of an act, as gathered. */
export interface Done {
  /** Of exec, ends and stop. */
  ran?: Ran
  /** Of log and health: whether what was waited for came. */
  came?: boolean
  /** Of health: the last status seen. */
  health?: string
  /** Of the others: state afterwards. */
  state?: { running: boolean; exitCode: number }
  /** Milliseconds from its beginning to its end. */
  ms: number
}

/** How often the health status is looked at. */
const LOOK_MS = 200

/** Does one act. What takes longer than it may is no fault: it is part of what was seen. */
export async function perform(
  context: CheckContext,
  clone: Clone,
  wanted: Act,
  endExec: (run: Awaited<ReturnType<Clone['exec']>>) => Promise<void>,
): Promise<Done> {
  const began = context.now()
  const done = (found: Omit<Done, 'ms'>): Done => ({ ...found, ms: context.now() - began })
  if (wanted.do === 'exec') {
    const run = await clone.exec({ argv: wanted.argv, user: wanted.user, timeoutMs: wanted.within_ms })
    await endExec(run)
    return done({ ran: keep(run) })
  }
  if (wanted.do === 'log')
    return done({ came: await clone.waitForLine(toPattern(wanted.matches), wanted.within_ms) })
  if (wanted.do === 'health') return done(await waitForHealth(context, clone, wanted))
  if (wanted.do === 'restart') {
    await clone.restart(wanted.grace_s)
    return done({ state: await stateOf(clone) })
  }
  if (wanted.do === 'runs') {
    await clone.waitForEnd(wanted.for_ms)
    return done({ state: await stateOf(clone) })
  }
  let exitCode: number | null
  if (wanted.do === 'ends') exitCode = await clone.waitForEnd(wanted.within_ms)
  else {
    await clone.stop(wanted.grace_s)
    exitCode = (await clone.state()).ExitCode
  }
  const { ms } = done({})
  return { ran: keep({ exitCode, ...(await outputOf(clone)), refused: null }), ms }
}

async function waitForHealth(context: CheckContext, clone: Clone, wanted: Extract<Act, { do: 'health' }>) {
  const until = context.now() + wanted.within_ms
  for (;;) {
    const { Health, Running } = await clone.state()
    const health = Running ? (Health?.Status ?? 'none') : 'ended'
    const came = health === wanted.status
    if (came || health === 'none' || health === 'ended' || context.now() >= until) return { came, health }
    await context.wait(LOOK_MS)
  }
}

async function stateOf(clone: Clone) {
  const { Running, ExitCode } = await clone.state()
  return { running: Running, exitCode: ExitCode }
}

async function outputOf(clone: Clone) {
  const lines = await clone.logs()
  const text = (stream: 'stdout' | 'stderr') =>
    lines
      .filter((line) => line.stream === stream)
      .map((line) => line.text)
      .join('\n')
  return { stdout: text('stdout'), stderr: text('stderr') }
}

/** Whether an act came out as wanted; `what` is the name that the student knows. */
export function judgeAct(done: Done, wanted: Act, what: string, step: number): Outcome {
  const source = `clone of ${what} · step ${step}, ${wanted.do}`
  if (wanted.do === 'exec')
    return judged(
      done,
      wanted.expect,
      `docker exec ${showCommand(wanted.argv)}`,
      `${source} ${showCommand(wanted.argv)}`,
    )
  if (wanted.do === 'ends' || wanted.do === 'stop') return judged(done, wanted.expect, what, source)
  const time = `${Math.round(done.ms)} ms`
  if (wanted.do === 'log' || wanted.do === 'health') {
    const expected = wanted.do === 'log' ? `a line like ${wanted.matches}` : `health status ${wanted.status}`
    const limit = `within ${wanted.within_ms} ms`
    const observed = wanted.do === 'log' ? 'no such line' : `${done.health ?? 'none'} after ${time}`
    if (!done.came) {
      const code = wanted.do === 'log' ? 'line-missing' : 'health-wrong'
      return notYet(code, `A clone of \`${what}\` did not show ${expected} ${limit}.`, [
        { expected: `${expected} ${limit}`, observed, source },
      ])
    }
    return passed(`A clone of \`${what}\` shows ${expected}.`, [
      { expected: `${expected} ${limit}`, observed: `after ${time}`, source },
    ])
  }
  const observed = done.state?.running ? 'running' : `ended with exit code ${done.state?.exitCode ?? '?'}`
  const evidence = [{ expected: 'running', observed, source }]
  return done.state?.running === true
    ? passed(`A clone of \`${what}\` runs.`, evidence)
    : notYet('ended-early', `A clone of \`${what}\` ended: ${observed}.`, evidence)
}

function judged(done: Done, wanted: Expectation, what: string, source: string): Outcome {
  const nothing: Ran = { exitCode: null, stdout: '', stderr: '', refused: null }
  return judgeRan(done.ran ?? nothing, wanted, what, source)
}
