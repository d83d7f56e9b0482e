import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

test('what was added, changed and deleted, and what it weighs', async () => {
  const line =
    'echo x > /etc/new; chmod 600 /etc/group; rm /etc/nsswitch.conf; head -c 300000 /dev/zero > /big'
  const pad = await machine.run({ image: 'busybox:1', name: 'pad', command: ['sh', '-c', line] })
  await pad.wait()
  const diff = async (params: object) =>
    machine.check('fs_changes', { container: machine.name('pad'), ...params })
  const three = [
    { kind: 'added', path: '^/etc/new$' },
    { kind: 'changed', path: '^/etc/group$' },
    { kind: 'deleted', path: '^/etc/nsswitch' },
  ]
  const all = await diff({
    expect: three,
    forbid: [{ path: '^/home' }],
    size: { min: 300_000, max: 400_000 },
  })
  expect(all.code).toBe('passed')
  expect(all.evidence.map((each) => each.observed).slice(0, 3)).toEqual([
    'added /etc/new',
    'changed /etc/group',
    'deleted /etc/nsswitch.conf',
  ])
  expect((await diff({ expect: [...three, { path: '^/etc/motd' }] })).code).toBe('change-missing')
  expect((await diff({ expect: [{ kind: 'changed', path: '^/etc/new$' }] })).code).toBe('change-missing')
  expect((await diff({ expect: three, forbid: [{ kind: 'added', path: '^/big$' }] })).code).toBe(
    'change-unexpected',
  )
  expect((await diff({ size: { min: 1_000_000 } })).code).toBe('size-wrong')
  expect((await machine.check('fs_changes', { container: machine.name('no'), size: { max: 1 } })).code).toBe(
    'object-missing',
  )
  // Nothing was changed at all.
  await machine.create({ image: 'busybox:1', name: 'clean' })
  expect((await diff({ container: machine.name('clean'), forbid: [{ path: '.' }] })).code).toBe('passed')
})
