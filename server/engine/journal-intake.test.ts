import { expect, test } from 'vitest'
import type { EngineEvent } from './engine-events.ts'
import { JournalIntake } from './journal-intake.ts'

const event = (nano: number, action = 'start'): EngineEvent => ({
  timeNano: String(1_763_000_000_000_000_000n + BigInt(nano)),
  type: 'container',
  action,
  actorId: 'a',
  attributes: {},
})
const kinds = (rows: { kind: string; reason?: string }[]) => rows.map((row) => row.reason ?? row.kind)

test('each event becomes one row, numbered without holes', () => {
  const intake = new JournalIntake()
  const rows = [event(1), event(2), event(1), event(2, 'die'), event(2)].flatMap((each) =>
    intake.take(each, 0),
  )
  expect(rows.map((row) => row.seq)).toEqual([1, 2, 3])
  expect(intake.newest).toEqual(event(2))
})

test('goes on after the rows of an earlier journal', () => {
  const earlier = [
    { kind: 'event', seq: 41, ...event(1) },
    { kind: 'event', seq: 42, ...event(2) },
  ] as const
  const intake = new JournalIntake(earlier)
  expect(intake.take(event(2), 0)).toEqual([])
  expect(intake.take(event(3), 0)).toMatchObject([{ seq: 43 }])
})

test('a flood is cut and marked; later events are kept again', () => {
  const intake = new JournalIntake()
  let kept = 0
  for (let i = 0; i < 30_000; i++) kept += intake.take(event(i), 0).length
  expect(kept).toBe(10_000)
  const after = intake.take(event(40_000), 5_000)
  expect(kinds(after)).toEqual(['flood', 'event'])
  expect(intake.marks(5_000)).toEqual([])
})

test('what was left out is marked when somebody asks, also while the flood goes on', () => {
  const intake = new JournalIntake()
  for (let i = 0; i < 10_001; i++) intake.take(event(i), 0)
  expect(kinds(intake.marks(0))).toEqual(['flood'])
  intake.take(event(20_000), 0)
  expect(kinds(intake.marks(0))).toEqual(['flood'])
})

test('a flood of execs leaves room for everything else', () => {
  const intake = new JournalIntake()
  for (let i = 0; i < 9_000; i++) intake.take(event(i, 'exec_start: true'), 0)
  expect(kinds(intake.take(event(10_000, 'kill'), 0))).toEqual(['exec-flood', 'event'])
  for (let i = 20_000, ms = 0; i < 200_000; i++, ms += 100) intake.take(event(i, 'exec_die'), ms)
  expect(kinds(intake.take(event(300_000, 'die'), 20_000_000)).at(-1)).toBe('event')
})

test('in the end it is full, says so once, and stays so over a restart', () => {
  const intake = new JournalIntake()
  const rows = []
  for (let i = 0; i < 60_000; i++) rows.push(...intake.take(event(i), i * 1_000))
  expect(rows).toHaveLength(50_000)
  expect(rows.at(-1)).toMatchObject({ kind: 'gap', reason: 'full', seq: 50_000 })
  expect(intake.lost()).toEqual([])
  expect(new JournalIntake(rows.slice(-512)).take(event(99_000), 0)).toEqual([])
})

test('a line that could not be read is a gap', () => {
  const intake = new JournalIntake()
  intake.take(event(1), 0)
  intake.skipped()
  expect(kinds(intake.take(event(2), 10_000))).toEqual(['flood', 'event'])
})
