import { expect, test } from 'vitest'
import { usualSize } from '../sandbox/limits.ts'
import { TestClock } from '../test-clock.ts'
import { StartQueue } from './start-queue.ts'

function queue({ atOnce = 2 } = {}) {
  const clock = new TestClock()
  let room = Number.POSITIVE_INFINITY
  const moved: string[] = []
  const line = new StartQueue({
    clock,
    atOnce: async () => atOnce,
    hasRoom: async () => room-- > 0,
    moved: (session) => moved.push(session),
  })
  const begun = new Map<string, Disposable>()
  const enter = (session: string, signal = new AbortController().signal) =>
    line.turn(session, { size: usualSize, signal }).then((turn) => {
      begun.set(session, turn)
    })
  return {
    clock,
    line,
    enter,
    moved,
    begun: () => [...begun.keys()],
    end: (session: string) => begun.get(session)?.[Symbol.dispose](),
    setRoom: (seats: number) => {
      room = seats
    },
  }
}

test('few start at once, the others in the order in which they came', async () => {
  const { enter, begun, end, line } = queue()
  for (const session of ['a', 'b', 'c', 'd', 'e']) void enter(session)
  await expect.poll(begun).toEqual(['a', 'b'])
  expect(line.placeOf('a')).toBeUndefined()
  expect(['c', 'd', 'e'].map((each) => line.placeOf(each)?.place)).toEqual([1, 2, 3])
  end('b')
  end('b')
  await expect.poll(begun).toEqual(['a', 'b', 'c'])
  expect(line.placeOf('d')?.place).toBe(1)
  end('c')
  end('a')
  await expect.poll(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('who leaves makes way, and a start that fails holds nobody up', async () => {
  const { enter, begun, end, line } = queue({ atOnce: 1 })
  const leaving = new AbortController()
  void enter('a')
  await expect.poll(begun).toEqual(['a'])
  const left = enter('b', leaving.signal)
  void enter('c')
  leaving.abort(new Error('gone home'))
  await expect(left).rejects.toThrow('gone home')
  expect(line.placeOf('c')?.place).toBe(1)
  end('a')
  await expect.poll(begun).toEqual(['a', 'c'])
  await expect(enter('d', leaving.signal)).rejects.toThrow('gone home')
  expect(line.length).toBe(0)
})

test('what the starts took so far says how long it will be', async () => {
  const { enter, begun, end, line, clock } = queue()
  for (const session of ['a', 'b', 'c', 'd', 'e']) void enter(session)
  await expect.poll(begun).toEqual(['a', 'b'])
  await clock.pass(11_500)
  end('a')
  await expect.poll(begun).toEqual(['a', 'b', 'c'])
  // 1.5 s before anything was known, and 30% of a start of 11.5 s.
  expect([line.placeOf('d')?.startsIn, line.placeOf('e')?.startsIn]).toEqual([4_500, 4_500])
})

test('on a full machine nobody is promised a time, and room lets in the first', async () => {
  const { enter, begun, line, clock, setRoom, moved } = queue()
  setRoom(1)
  for (const session of ['a', 'b', 'c']) void enter(session)
  await expect.poll(() => moved.includes('c')).toBe(true)
  expect(begun()).toEqual(['a'])
  expect(line.placeOf('b')).toEqual({ place: 1, startsIn: null })
  setRoom(1)
  await expect
    .poll(async () => {
      await clock.pass(1_000)
      return begun()
    })
    .toEqual(['a', 'b'])
})

test('one that had a seat comes first, and nobody is let in while it changes', async () => {
  const { enter, begun, end, line } = queue({ atOnce: 1 })
  for (const session of ['a', 'b', 'c']) void enter(session)
  await expect.poll(begun).toEqual(['a'])
  const held = line.hold()
  end('a')
  void line.turn('anew', { size: usualSize, signal: new AbortController().signal, first: true })
  await expect.poll(() => line.placeOf('anew')?.place).toBe(1)
  expect(line.placeOf('b')?.place).toBe(2)
  expect(begun()).toEqual(['a'])
  held[Symbol.dispose]()
  await expect.poll(() => line.placeOf('anew')).toBeUndefined()
  expect(line.placeOf('b')?.place).toBe(1)
})
