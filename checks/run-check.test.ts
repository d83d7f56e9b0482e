import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Check, type CheckContext, CheckFault } from './check.ts'
import { notYet, passed } from './outcome.ts'
import { type CheckUse, runCheck } from './run-check.ts'

const evidence = [{ expected: 'one', observed: 'two', source: 'somewhere' }]

/** A check that gathers so, and passes when it finds true. */
function checkOf(gather: Check['gather'], judge?: Check['judge']): Check {
  return {
    name: 'sample',
    about: 'A sample',
    params: z.strictObject({ n: z.number().default(1) }),
    codes: { 'value-wrong': 'It is wrong.' },
    gather,
    judge:
      judge ??
      ((found) => (found === true ? passed('Yes.', evidence) : notYet('value-wrong', 'No.', evidence))),
    affectedBy: () => true,
  }
}

/** A clock that the test turns. */
function manualClock() {
  const timers: { at: number; fn: () => void }[] = []
  let now = 0
  return {
    now: () => now,
    after(ms: number, fn: () => void) {
      const timer = { at: now + ms, fn }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
    },
    turn(ms: number) {
      now += ms
      for (const timer of timers.filter((each) => each.at <= now)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.fn()
      }
    },
    get waiting() {
      return timers.length
    },
  }
}

async function run(check: Check, use: Partial<CheckUse> = {}, signal?: AbortSignal, clock = manualClock()) {
  const contextFor = (ending: AbortSignal) => ({ signal: ending, engine: {} }) as CheckContext
  const deps = { checks: new Map([[check.name, check]]), contextFor, after: clock.after, now: clock.now }
  return runCheck(deps, 'task', { use: 'sample', with: {}, codes: {}, messages: {}, ...use }, signal)
}

test('passes, with what was gathered as JSON', async () => {
  const check = checkOf(async () => true)
  const { verdict, gathered } = await run(check)
  expect(verdict).toMatchObject({ status: 'passed', code: 'passed', task: 'task', check: 'sample', evidence })
  expect(gathered).toBe('true')
})

test("uses the task's own code and words", async () => {
  const use = {
    codes: { 'value-wrong': 'limit-removed' },
    messages: { 'limit-removed': 'Wanted {expected}, found {observed}.' },
  }
  const { verdict } = await run(
    checkOf(async () => false),
    use,
  )
  expect(verdict).toMatchObject({
    status: 'not-yet',
    code: 'limit-removed',
    message: 'Wanted one, found two.',
  })
})

test('judges what will be stored, not what was in memory', async () => {
  const check = checkOf(
    async () => ({ when: new Date(0), none: undefined }),
    (found) =>
      JSON.stringify(found) === '{"when":"1970-01-01T00:00:00.000Z"}'
        ? passed('Yes.', evidence)
        : notYet('value-wrong', 'No.'),
  )
  expect((await run(check)).verdict.status).toBe('passed')
})

test.each([
  [
    'an engine that is down',
    () => Promise.reject(Object.assign(new Error('x'), { code: 'student-engine-down' })),
    'engine-down',
  ],
  [
    'an engine that babbles',
    () => Promise.reject(Object.assign(new Error('x'), { code: 'student-engine-answer' })),
    'engine-answer',
  ],
  [
    'a sandbox that is gone',
    () => Promise.reject(Object.assign(new Error('x'), { code: 'sandbox-gone' })),
    'engine-down',
  ],
  ['a fault', () => Promise.reject(new CheckFault('fixture-missing', 'Gone.')), 'fixture-missing'],
  ['any error', () => Promise.reject(new TypeError('x')), 'check-failed'],
  ['nothing at all', () => Promise.resolve(undefined), 'check-failed'],
  ['too much evidence', () => Promise.resolve('x'.repeat(2_000_000)), 'check-failed'],
] as const)('%s is broken', async (_, gather, code) => {
  const { verdict, gathered } = await run(checkOf(gather), { codes: { [code]: 'renamed' } })
  expect(verdict).toMatchObject({ status: 'broken', code })
  expect(gathered).toBeNull()
})

test.each([
  ['throws', () => JSON.parse('{')],
  ['passes without evidence', () => passed('Yes.', [])],
  ['gives a code of its own making', () => notYet('nobody-knows', 'No.')],
] as const)('a judge that %s is broken', async (_, judge) => {
  expect((await run(checkOf(async () => true, judge))).verdict).toMatchObject({
    status: 'broken',
    code: 'check-failed',
  })
})

test('unknown checks and wrong parameters are broken', async () => {
  expect(
    (
      await run(
        checkOf(async () => true),
        { use: 'other' },
      )
    ).verdict.code,
  ).toBe('check-unknown')
  expect(
    (
      await run(
        checkOf(async () => true),
        { with: { m: 1 } },
      )
    ).verdict.code,
  ).toBe('check-invalid')
})

test('a check that never ends is broken after its time, also when it does not listen', async () => {
  const clock = manualClock()
  const verdict = run(
    checkOf(() => new Promise(() => {})),
    {},
    undefined,
    clock,
  )
  clock.turn(60_000)
  clock.turn(20_000)
  expect((await verdict).verdict).toMatchObject({ status: 'broken', code: 'timeout' })
  expect(clock.waiting).toBe(0)
})

test('one that listens cleans up before the verdict, and cannot pass any more', async () => {
  const clock = manualClock()
  let cleaned = false
  const check = checkOf(async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    cleaned = true
    return true
  })
  const verdict = run(check, {}, undefined, clock)
  clock.turn(60_000)
  expect((await verdict).verdict.code).toBe('timeout')
  expect(cleaned).toBe(true)
})

test('the caller can end it', async () => {
  const caller = new AbortController()
  const check = checkOf(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  const verdict = run(check, {}, caller.signal)
  caller.abort(new Error('the session ended'))
  await expect(verdict).rejects.toThrow('the session ended')
  await expect(run(check, {}, caller.signal)).rejects.toThrow('the session ended')
})

test('what is shown has no control characters and is bounded', async () => {
  const nasty = [{ expected: '\u001b[31mred', observed: `\u202E${'x'.repeat(5_000)}`, source: 'a\nb' }]
  const { verdict } = await run(
    checkOf(
      async () => false,
      () => notYet('value-wrong', '\u0007bell', nasty),
    ),
  )
  expect(JSON.stringify(verdict)).not.toMatch(/\\u00|\\n|\u202e/i)
  expect(verdict.evidence[0]?.observed.length).toBeLessThanOrEqual(600)
})
