import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withHostLock } from './lock.ts'

const noWait = () => {}
/** A connection made before this turn of the event loop is accepted in the next one. */
const untilAccepted = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
}

test('work under one name does not overlap, under another it does', async () => {
  const name = randomUUID()
  const order: string[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const first = withHostLock(name, noWait, async () => {
    order.push('first in')
    await held
    order.push('first out')
  })
  const told = Promise.withResolvers<void>()
  const second = withHostLock(name, told.resolve, async () => {
    order.push('second in')
  })
  await told.promise
  await withHostLock(randomUUID(), noWait, async () => {
    order.push('other')
  })
  await untilAccepted()
  release()
  await Promise.all([first, second])
  expect(order).toEqual(['first in', 'other', 'first out', 'second in'])
})

test('work that fails gives the lock back', async () => {
  const name = randomUUID()
  await expect(withHostLock(name, noWait, () => Promise.reject(new Error('boom')))).rejects.toThrow('boom')
  expect(await withHostLock(name, noWait, async () => 'mine')).toBe('mine')
})

test('a holder that is killed gives the lock back', async () => {
  const name = randomUUID()
  const source = `import { withHostLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}
    await withHostLock(${JSON.stringify(name)}, () => {}, async () => { console.log('held'); setInterval(() => {}, 1000); await new Promise(() => {}) })`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  const told = Promise.withResolvers<void>()
  const mine = withHostLock(name, told.resolve, async () => 'mine')
  await told.promise
  holder.kill('SIGKILL')
  expect(await mine).toBe('mine')
})
