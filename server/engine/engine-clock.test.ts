import { expect, test } from 'vitest'
import { TestClock } from '../test-clock.ts'
import { EngineClock, type Offset } from './engine-clock.ts'

/** An engine whose clock is `ahead` of ours, asked by questions that take so many milliseconds to go and to come back. */
function open(ahead: number, ways: [number, number][], shared = false) {
  const clock = new TestClock()
  const engine = { ahead, asked: 0 }
  const ask = async (): Promise<Offset> => {
    const [there, back] = ways[Math.min(engine.asked, ways.length - 1)] ?? [0, 0]
    engine.asked += 1
    const asked = clock.now()
    await clock.pass(there)
    const told = clock.now() + engine.ahead
    await clock.pass(back)
    const within = (clock.now() - asked) / 2
    return { ms: told - asked - within, within }
  }
  const time = new EngineClock({ ask, clock, shared })
  const nano = (ms: number) => String(BigInt(Math.round(ms)) * 1_000_000n)
  return { clock, engine, time, event: () => time.saw(nano(clock.now() + engine.ahead)) }
}

const high = ({ ms, within }: Offset) => ms + within

test('slow answers say little, and the best of several counts', async () => {
  const { clock, engine, time } = open(500, [
    [200, 40],
    [30, 5],
    [3, 2],
    [90, 90],
  ])
  await clock.pass(1_000)
  const offset = await time.offset()
  expect(engine.asked).toBe(3)
  expect(high(offset)).toBeGreaterThanOrEqual(500)
  expect(high(offset)).toBeLessThan(504)
  expect(offset.within).toBeLessThanOrEqual(5)
})

test('what is known is never less than the truth, whatever comes', async () => {
  const { clock, engine, time, event } = open(-700, [
    [40, 3],
    [8, 60],
    [120, 0],
    [20, 20],
  ])
  await clock.pass(5_000)
  for (let n = 0; n < 20; n += 1) {
    const offset = await time.offset()
    expect(high(offset)).toBeGreaterThanOrEqual(engine.ahead)
    expect(offset.ms - offset.within).toBeLessThanOrEqual(engine.ahead)
    event()
    await clock.pass(1_500)
  }
})

test('it is asked now and then, and nobody waits for that', async () => {
  const { clock, engine, time } = open(0, [[1, 1]])
  await time.offset()
  await time.offset()
  expect(engine.asked).toBe(1)
  await clock.pass(31_000)
  await time.offset()
  expect(engine.asked).toBe(2)
})

test('an engine that is slow to answer is asked ever less often', async () => {
  const { clock, engine, time } = open(0, [[40, 40]])
  await time.offset()
  const first = engine.asked
  for (let second = 0; second < 60; second += 1) {
    await clock.pass(1_001)
    await time.offset()
    await new Promise(setImmediate)
  }
  expect(engine.asked - first).toBeGreaterThanOrEqual(4)
  expect(engine.asked - first).toBeLessThanOrEqual(7)
})

test('a clock that was set is noticed by an event from the future, and by the next answer', async () => {
  const { clock, engine, time, event } = open(0, [[1, 1]])
  await time.offset()
  engine.ahead = 3_600_000
  event()
  expect(high(await time.offset())).toBeGreaterThanOrEqual(3_600_000)

  engine.ahead = -5_000
  await clock.pass(31_000)
  await time.offset()
  await Promise.resolve()
  await new Promise(setImmediate)
  expect(high(await time.offset())).toBeLessThan(-4_990)
})

test('an engine that does not answer is said, and asked again by the next', async () => {
  let up = false
  const ask = async () => {
    if (!up) throw new Error('down')
    return { ms: 3, within: 1 }
  }
  const time = new EngineClock({ ask, clock: new TestClock() })
  await expect(time.offset()).rejects.toThrow('down')
  up = true
  expect(await time.offset()).toEqual({ ms: 3, within: 1 })
})

test('a clock that is ours is not asked for, until an event from the future shows that it is not', async () => {
  const { clock, engine, time, event } = open(0, [[30, 30]], true)
  event()
  expect(await time.offset()).toEqual({ ms: 0, within: 0 })
  expect(engine.asked).toBe(0)

  await clock.pass(10_000)
  engine.ahead = 60_000
  event()
  expect(high(await time.offset())).toBeGreaterThanOrEqual(60_000)
  expect(engine.asked).toBeGreaterThan(0)
})
