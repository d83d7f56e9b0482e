import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JournalRow } from './check.ts'
import { checks } from './registry.ts'
import { row } from './testing/recorded.ts'
import { StudentMachine } from './testing/student-machine.ts'

const ESCAPES = '\u001b[2J\u001b]0;owned\u0007\u202Egnp.exe\nsecond line\u200B'
let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
  await machine.run({
    image: 'busybox:1',
    name: 'odd',
    command: ['sh', '-c', `printf '%s' "$ODD"; exec sleep 600`],
    options: {
      Env: [`ODD=${ESCAPES}`, `DB_PASSWORD=${ESCAPES}`],
      Labels: { huge: 'x'.repeat(1 << 20), odd: ESCAPES, [ESCAPES]: 'odd' },
    },
  })
})
afterAll(() => machine[Symbol.asyncDispose]())

test('a container with a megabyte of labels is judged as any other', async () => {
  const container = machine.name('odd')
  const label = (path: string[], more: object) => ['field', { ref: container, path, ...more }] as const
  const uses = [
    ['object_exists', { ref: container }],
    label(['State', 'Running'], { eq: true }),
    label(['Config', 'Labels', 'odd'], { matches: 'owned' }),
    ['same_identity', { container }],
    ['events', { container, expect: [{ action: 'start' }], forbid: [{ action: 'die' }] }],
    ['exec_probe', { container, argv: ['/bin/true'] }],
    ['clone_probe', { container, acts: [{ do: 'runs', for_ms: 100 }] }],
  ] as const
  for (const [use, params] of uses) {
    const run = await machine.ask(use, params as Record<string, unknown>)
    expect(run.verdict, use).toMatchObject({ status: 'passed' })
    expect(JSON.stringify(run.snapshots).length, use).toBeLessThan(70_000)
  }
})

test('text that would act on a terminal is shown harmlessly and in bounds', async () => {
  const container = machine.name('odd')
  const uses = [
    ['field', { ref: container, path: ['Config', 'Labels', 'odd'], eq: 'even' }],
    ['field', { ref: container, path: ['Config', 'Labels', ESCAPES], eq: 'even' }],
    ['field', { ref: container, path: ['Config', 'Labels', 'huge'], eq: 'even' }],
    ['field', { ref: container, path: 'Config.Env', includes: 'even' }],
    ['log_match', { container, matches: 'owned', min: 0, max: 0 }],
    ['proc_read', { container, read: 'environ', lacks: 'owned' }],
    ['exec_probe', { container, argv: ['/bin/sh', '-c', 'printf %s "$ODD"; false'] }],
  ] as const
  for (const [use, params] of uses) {
    const { verdict } = await machine.ask(use, params as Record<string, unknown>)
    expect(verdict, use).toMatchObject({ status: 'not-yet' })
    const texts = [verdict.message, ...verdict.evidence.flatMap((each) => Object.values(each))]
    for (const text of texts) {
      expect(text, use).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(text.length, use).toBeLessThanOrEqual(600)
    }
  }
})

test('a journal whose clock jumped makes nothing pass that did not happen', () => {
  const judge = (use: string, rows: JournalRow[], params: object): string => {
    const check = checks.get(use)
    const outcome = check?.judge({ id: 'a', rows, tooMany: false }, check.params.parse(params))
    return outcome?.code ?? ''
  }
  const YEAR = 365 * 24 * 3_600_000
  const jumped = [
    row('create', 0),
    row('start', 10),
    { ...row('oom', 0), timeNano: '1' },
    row('die', YEAR, { exitCode: '137' }),
  ]
  const oom = { container: 'mine', expect: [{ action: 'oom' }, { action: 'die' }], within_ms: 5_000 }
  for (const rows of [jumped, [...jumped].reverse()]) expect(judge('events', rows, oom)).not.toBe('passed')
  const gap: JournalRow = { kind: 'gap', seq: 99, timeNano: row('x', YEAR).timeNano, reason: 'lost' }
  const quiet = { container: 'mine', expect: [{ action: 'start' }], forbid: [{ action: 'kill' }] }
  expect(judge('events', [row('create', 0), row('start', 10), gap], quiet)).toBe('journal-gap')
})
