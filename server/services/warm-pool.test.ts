import { expect, test } from 'vitest'
import { usualSize } from '../sandbox/limits.ts'
import type { Sandbox, SandboxSpec } from '../sandbox/sandbox-driver.ts'
import { TestClock } from '../test-clock.ts'
import { type PoolSize, WarmPool } from './warm-pool.ts'

const names = { hostname: 'quay', motd: 'Welcome' }

/** Decisions alone: server/pool.test.ts has real sandboxes. */
function pool(size: PoolSize) {
  const clock = new TestClock()
  const images = new Map([['busybox:1', 'sha256:1']])
  const made: { spec: SandboxSpec; done: () => void; fail: () => void }[] = []
  const removed: string[] = []
  const reserved = new Set<string>()
  let mayGrow = true
  const sandboxOf = (id: string) =>
    ({ id, state: async () => 'running', claim: async () => undefined }) as unknown as Sandbox
  const warm = new WarmPool({
    clock,
    images,
    size,
    each: usualSize,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    driver: {
      create(spec) {
        const { promise, resolve, reject } = Promise.withResolvers<Sandbox>()
        const done = () => resolve(sandboxOf(spec.id))
        made.push({ spec, done, fail: () => reject(new Error('not today')) })
        return promise
      },
    },
    removal: {
      async reserve(id) {
        reserved.add(id)
        return { [Symbol.dispose]: () => void reserved.delete(id) }
      },
      async remove(id) {
        removed.push(id)
      },
    },
    mayGrow: async () => mayGrow,
  })
  const make = async (count: number) => {
    await expect.poll(() => made.length).toBe(count)
    made.at(-1)?.done()
  }
  return {
    clock,
    images,
    made,
    removed,
    reserved,
    warm,
    make,
    ready: (count: number) => expect.poll(() => warm.ready).toBe(count),
    setMayGrow(may: boolean) {
      mayGrow = may
    },
  }
}

test('as many are made as the floor says, one at a time, and removed at the end', async () => {
  const { warm, make, made, ready, removed, reserved } = pool({ floor: 2, ceiling: 4 })
  warm.tend()
  await make(1)
  await ready(1)
  await make(2)
  await ready(2)
  expect(made.every(({ spec }) => spec.pooled)).toBe(true)
  expect(reserved.size).toBe(2)
  await warm.close()
  expect([removed.length, reserved.size]).toEqual([2, 0])
})

test('the size follows what was asked for lately, up to the ceiling, and falls back', async () => {
  const { warm, clock, make, made, ready, removed } = pool({ floor: 0, ceiling: 2 })
  for (let n = 0; n < 3; n += 1) expect(await warm.claim(names, usualSize)).toBeUndefined()
  expect(warm.target).toBe(2)
  warm.tend()
  // Who has just come has the machine for a while.
  await expect.poll(() => clock.pass(1_000).then(() => made.length)).toBe(0)
  await expect.poll(() => clock.pass(1_000).then(() => made.length)).toBe(1)
  await make(1)
  await make(2)
  await ready(2)
  await clock.pass(11 * 60_000)
  expect(warm.target).toBe(0)
  await ready(0)
  await expect.poll(() => removed.length).toBe(2)
  await warm.close()
})

test('while somebody waits none is made; it is looked again later', async () => {
  const { warm, clock, make, made, ready, setMayGrow } = pool({ floor: 1, ceiling: 1 })
  setMayGrow(false)
  warm.tend()
  await expect.poll(() => clock.pass(0).then(() => made.length)).toBe(0)
  setMayGrow(true)
  await expect.poll(() => clock.pass(30_000).then(() => made.length)).toBe(1)
  await make(1)
  await ready(1)
  await warm.close()
})

test('who comes while one is being made gets that one, the next starts cold', async () => {
  const { warm, clock, make, made, ready } = pool({ floor: 1, ceiling: 1 })
  warm.tend()
  await expect.poll(() => made.length).toBe(1)
  const first = warm.claim(names, usualSize)
  expect(await warm.claim(names, usualSize)).toBeUndefined()
  await make(1)
  expect((await first)?.sandbox.id).toBe(made[0]?.spec.id)
  await expect.poll(() => clock.pass(1_000).then(() => made.length)).toBe(2)
  await make(2)
  await ready(1)
  await warm.close()
})

test('one over other images than those of now is nobodys', async () => {
  const { warm, make, images, made, removed, ready } = pool({ floor: 1, ceiling: 1 })
  warm.tend()
  await make(1)
  await ready(1)
  images.set('busybox:1', 'sha256:2')
  expect(warm.ready).toBe(0)
  expect(await warm.claim(names, usualSize)).toBeUndefined()
  expect(removed).toEqual([made[0]?.spec.id])
  await warm.close()
})

test('one that does not start is tried again later, and whoever waited for it starts cold', async () => {
  const { warm, clock, made, make, ready, reserved } = pool({ floor: 1, ceiling: 1 })
  warm.tend()
  await expect.poll(() => made.length).toBe(1)
  const waited = warm.claim(names, usualSize)
  made[0]?.fail()
  expect(await waited).toBeUndefined()
  expect(reserved.size).toBe(0)
  await expect.poll(() => clock.pass(30_000).then(() => made.length)).toBe(2)
  await make(2)
  await ready(1)
  await warm.close()
})
