import { expect, test } from 'vitest'
import { LivePace } from './live-pace.ts'

const passed = { status: 'passed', code: 'passed', ms: 50 } as const
const broken = { status: 'broken', code: 'engine-down', ms: 50 } as const

/** Runs whatever is due until `end`; answers with the times of the runs. Each run takes `ms`. */
function follow(
  pace: LivePace,
  from: number,
  end: number,
  ms: number,
  result: typeof passed | typeof broken,
) {
  const runs: number[] = []
  for (let now = from; ; ) {
    const wait = pace.waitMs(now)
    if (wait === undefined || now + wait > end) return runs
    now += wait
    runs.push(now)
    const due = pace.take(now)
    now += ms
    for (const { task } of due) pace.ran(task, result, now)
  }
}

test('events of one command are one run, a moment after the first', () => {
  const pace = new LivePace()
  expect(pace.waitMs(1_000)).toBeUndefined()
  pace.add(['a'], 'news', 1_000)
  expect(pace.waitMs(1_000)).toBe(15)
  pace.add(['a', 'b'], 'news', 1_010)
  expect(pace.waitMs(1_010)).toBe(5)
  expect(pace.take(1_015).map(({ task }) => task)).toEqual(['a', 'b'])
  expect(pace.waitMs(1_015)).toBeUndefined()
})

test('a flood of events makes a bounded number of runs', () => {
  const pace = new LivePace()
  let runs = 0
  for (let now = 0; now < 60_000; now += 1) {
    for (let i = 0; i < 10; i += 1) pace.add(['a'], 'news', now)
    if (pace.waitMs(now) !== 0) continue
    pace.take(now)
    pace.ran('a', passed, now)
    runs += 1
  }
  expect(runs).toBeGreaterThan(100)
  expect(runs).toBeLessThanOrEqual(20 + 60 * 2 + 1)
})

test('what is broken is tried again after longer and longer, so often and no more', () => {
  const pace = new LivePace()
  pace.add(['a'], 'news', 0)
  const runs = follow(pace, 0, 1_000_000, 0, broken)
  expect(runs).toEqual([15, 515, 1_515, 3_515, 7_515, 15_515, 31_515])
  expect(pace.waitMs(1_000_000)).toBeUndefined()

  // The engine answers again: at once, and with the same patience as before.
  pace.answers(1_000_000)
  expect(follow(pace, 1_000_000, 2_000_000, 0, broken)).toHaveLength(7)
  pace.answers(3_000_000)
  expect(follow(pace, 3_000_000, 4_000_000, 0, passed)).toEqual([3_000_000])
  pace.answers(5_000_000)
  expect(pace.waitMs(5_000_000)).toBeUndefined()
})

test('a gap in the journal does not pass by itself', () => {
  const pace = new LivePace()
  pace.ran('a', { status: 'broken', code: 'journal-gap', ms: 10 }, 0)
  expect(pace.waitMs(0)).toBeUndefined()
})

test('news do not wait for a retry, and a retry is over when the task was judged meanwhile', () => {
  const pace = new LivePace()
  pace.ran('a', broken, 0)
  pace.add(['a'], 'news', 100)
  expect(pace.waitMs(100)).toBe(15)
  expect(pace.take(115)).toEqual([{ task: 'a', reason: 'news' }])
  pace.ran('a', broken, 120)
  pace.add(['b'], 'news', 130)
  expect(pace.take(145)).toEqual([{ task: 'b', reason: 'news' }])
  pace.ran('a', passed, 150)
  expect(pace.waitMs(150)).toBeUndefined()
})

test('a task that is slow twice in a row is not run by itself for a while', () => {
  const pace = new LivePace()
  const slow = { ...passed, ms: 12_000 }
  const ran = [slow, passed, slow].map((result) => pace.ran('a', result, 0))
  expect([...ran, pace.isSlow('a', 0)]).toEqual([false, false, false, false])
  expect([pace.ran('a', slow, 1_000), pace.ran('a', slow, 1_000)]).toEqual([true, false])
  expect([pace.isSlow('a', 2_000), pace.isSlow('b', 2_000), pace.isSlow('a', 200_000)]).toEqual([
    true,
    false,
    false,
  ])
})

test('a clock that jumps puts off no run for long and opens no flood', () => {
  const pace = new LivePace()
  const day = 86_400_000
  pace.add(['a'], 'news', day)
  expect(pace.waitMs(0)).toBeLessThanOrEqual(32_000)
  expect(pace.take(0)).toEqual([{ task: 'a', reason: 'news' }])
  for (let i = 0; i < 19; i += 1) pace.take(0)
  pace.add(['a'], 'news', 0)
  expect(pace.waitMs(1)).toBeGreaterThan(400)
  // Forward: at most what may be saved up.
  let runs = 0
  for (let i = 0; i < 100; i += 1) {
    pace.add(['a'], 'news', day)
    if ((pace.waitMs(day + 15) ?? 1) > 0) break
    pace.take(day + 15)
    runs += 1
  }
  expect(runs).toBe(20)
})
