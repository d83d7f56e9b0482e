import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { promise, open: resolve }
}

test('in a session one after the other, in the order asked for; sessions do not wait for each other', async () => {
  const turns = new Turns()
  const seen: string[] = []
  const first = gate()
  const turn = (session: string, name: string, until?: Promise<void>) =>
    turns.run(session, async () => {
      seen.push(`${name} begins`)
      await until
      seen.push(`${name} ends`)
      return name
    })
  const a = turn('s1', 'a', first.promise)
  const b = turn('s1', 'b')
  await turn('s2', 'other')
  expect(seen).toEqual(['a begins', 'other begins', 'other ends'])
  first.open()
  expect(await Promise.all([a, b])).toEqual(['a', 'b'])
  expect(seen.slice(3)).toEqual(['a ends', 'b begins', 'b ends'])
})

test('a turn that fails says so to who asked for it and holds up nobody', async () => {
  const turns = new Turns()
  const failing = turns.run('s1', () => Promise.reject(new Error('no')))
  const next = turns.run('s1', async () => 'next')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('next')
})

test('the same name is one turn while it waits, and another once it has begun', async () => {
  const turns = new Turns()
  const first = gate()
  const begun = gate()
  let runs = 0
  const ask = () =>
    turns.shared('s1', 'check all', async () => {
      runs += 1
      begun.open()
      await first.promise
      return runs
    })
  const held = gate()
  const before = turns.run('s1', () => held.promise)
  const one = ask()
  expect(ask()).toBe(one)
  expect(turns.shared('s2', 'check all', async () => 0)).not.toBe(one)
  held.open()
  await before
  await begun.promise
  const later = ask()
  expect(later).not.toBe(one)
  first.open()
  expect(await Promise.all([one, later])).toEqual([1, 2])
})

test('a session is idle when its last turn is over, also one that was asked for meanwhile', async () => {
  const turns = new Turns()
  expect(turns.busy('s1')).toBe(false)
  await turns.idle('s1')
  const first = gate()
  const second = gate()
  void turns.run('s1', () => first.promise.then(() => void turns.run('s1', () => second.promise)))
  let idle = false
  const waiting = turns.idle('s1').then(() => {
    idle = true
  })
  expect(turns.busy('s1')).toBe(true)
  first.open()
  await turns.run('s2', async () => {})
  expect([idle, turns.busy('s1')]).toEqual([false, true])
  second.open()
  await waiting
  expect(turns.busy('s1')).toBe(false)
})
