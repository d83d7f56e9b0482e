import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const MIB = 1 << 20

test('reads what the kernel holds, not what was asked for', async () => {
  const range = { key: 'memory-limit', min: 96 * MIB, max: 128 * MIB }
  const code = async (params: object = range, name = 'ok') =>
    (await machine.check('cgroup_value', { container: machine.name(name), ...params })).code
  const box = await machine.run({
    image: 'lab/eater:1',
    name: 'ok',
    command: ['hold'],
    host: { Memory: 64 * MIB, MemorySwap: 64 * MIB },
  })
  await machine.logged(box, /holding/)
  expect(await code()).toBe('cgroup-mismatch')
  // Below what is in use the kernel refuses; the engine writes an update event nevertheless.
  await expect(box.update({ Memory: 16 * MIB, MemorySwap: 16 * MIB })).rejects.toThrow()
  expect(await code({ key: 'memory-limit', max: 16 * MIB })).toBe('cgroup-mismatch')
  await box.update({ Memory: 128 * MIB, MemorySwap: 128 * MIB })
  expect(await code()).toBe('passed')
  expect(await code({ key: 'memory-usage', min: 40 * MIB })).toBe('passed')
  expect(await code({ key: 'pids-limit', max: 10 })).toBe('cgroup-mismatch')
  await box.stop({ t: 1 })
  expect(await code()).toBe('container-not-running')
  expect(await code(range, 'nobody')).toBe('object-missing')
})
