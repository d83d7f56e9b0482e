import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const code = async (name: string, params: object) =>
  (await machine.check('field', { ref: machine.name(name), ...params })).code

test('compares what inspect says', async () => {
  const box = await machine.run({
    image: 'busybox:1',
    name: 'mine',
    command: ['sh', '-c', 'exit 7'],
    options: { Env: ['DB=172.17.0.3', 'MODE=prod'], Labels: { 'a.b': 'dotted' } },
    host: { Memory: 32 << 20, MemorySwap: 64 << 20 },
  })
  await box.wait()
  const cases: [object, string][] = [
    [{ path: 'State.ExitCode', eq: 7 }, 'passed'],
    [{ path: 'State.ExitCode', eq: '7' }, 'field-mismatch'],
    [{ path: 'State.ExitCode', in: [0, 7] }, 'passed'],
    [{ path: 'State.ExitCode', ne: 7 }, 'field-mismatch'],
    [{ path: 'HostConfig.Memory', min: 1 }, 'passed'],
    [{ path: 'HostConfig.Memory', min: 1, max: 1024 }, 'field-mismatch'],
    [{ path: 'HostConfig.MemorySwap', same_as: 'HostConfig.Memory' }, 'field-mismatch'],
    [{ path: 'HostConfig.Memory', same_as: 'HostConfig.Memory' }, 'passed'],
    [{ path: 'HostConfig.ExtraHosts', empty: true }, 'passed'],
    [{ path: 'Config.Env', empty: true }, 'field-mismatch'],
    [{ path: 'NetworkSettings.Networks.nowhere.IPAddress', empty: true }, 'passed'],
    [{ path: 'NetworkSettings.Networks.nowhere.IPAddress', matches: '.' }, 'field-missing'],
    [
      { path: 'NetworkSettings.Networks.nowhere.IPAddress', same_as: 'NetworkSettings.Networks.elsewhere' },
      'field-missing',
    ],
    [{ path: 'Config.Env', lacks: '[0-9]+[.][0-9]+' }, 'field-mismatch'],
    [{ path: 'Config.Env', matches: '^MODE=prod$' }, 'passed'],
    [{ path: 'Config.Env', includes: 'MODE=prod' }, 'passed'],
    [{ path: 'Config.Env', includes: 'MODE' }, 'field-mismatch'],
    [{ path: 'Config.Cmd', eq: ['sh', '-c', 'exit 7'] }, 'passed'],
    [{ path: 'Config.Cmd', eq: ['sh', '-c'] }, 'field-mismatch'],
    [{ path: ['Config', 'Labels', 'a.b'], eq: 'dotted' }, 'passed'],
    [{ path: 'Image', image: 'busybox:1' }, 'passed'],
    [{ path: 'Image', image: 'lab/eater:1' }, 'field-mismatch'],
    [{ path: 'State.constructor', ne: 'x' }, 'passed'],
    [{ path: 'State.constructor', matches: '.' }, 'field-missing'],
    [{ path: 'State', eq: null }, 'field-mismatch'],
  ]
  for (const [params, wanted] of cases)
    expect(await code('mine', params), JSON.stringify(params)).toBe(wanted)
  expect(await code('nobody', { path: 'State.ExitCode', eq: 0 })).toBe('object-missing')
  expect(
    (await machine.check('field', { ref: machine.name('mine'), path: 'Image', image: 'no/such:1' })).code,
  ).toBe('fixture-missing')
})

test('a value too large equals nothing', async () => {
  const box = await machine.create({
    image: 'busybox:1',
    name: 'large',
    options: { Env: [`A=${'x'.repeat(70_000)}`] },
  })
  expect(await code('large', { path: 'Config.Env', matches: '^A' })).toBe('field-mismatch')
  expect(await code('large', { path: 'Config.Env', lacks: '^B' })).toBe('field-mismatch')
  await box.remove()
})

test('one comparison, no more and no less', async () => {
  const valid = async (params: object) => (await code('mine', { path: 'Id', ...params })) !== 'check-invalid'
  expect(await valid({})).toBe(false)
  expect(await valid({ eq: 1, ne: 2 })).toBe(false)
  expect(await valid({ eq: 1, min: 2 })).toBe(false)
  expect(await valid({ min: 1, max: 2 })).toBe(true)
  expect(await valid({ matches: '(' })).toBe(false)
})
