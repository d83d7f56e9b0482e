import { expect, test } from 'vitest'
import { seccompProfile } from './seccomp.ts'
import { allowed, removed, socketFamilies } from './seccomp-table.ts'

const profile = seccompProfile()
const rules = (name: string) => profile.syscalls.filter((rule) => rule.names.includes(name))

test('what is not named is refused', () => {
  expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO')
})

test('no 32-bit calls on any architecture', () => {
  for (const { subArchitectures } of profile.archMap) expect(subArchitectures).toEqual([])
})

test('sockets are opened by family, each by equality with all 64 bits', () => {
  expect(rules('socketpair').map((rule) => rule.args)).toEqual([[{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }]])
  const opened = rules('socket')
  expect(opened.map((rule) => rule.args)).toEqual(
    Object.values(socketFamilies).map((value) => [{ index: 0, value, op: 'SCMP_CMP_EQ' }]),
  )
  expect(Object.values(socketFamilies)).not.toContain(40)
})

test('keys are answered ENOSYS, which runc accepts', () => {
  for (const name of ['keyctl', 'add_key', 'request_key'])
    expect(rules(name)).toEqual([expect.objectContaining({ action: 'SCMP_ACT_ERRNO', errnoRet: 38 })])
})

test('removed calls have no rule at all', () => {
  for (const name of removed.flatMap(({ names }) => names.split(/\s+/))) expect(rules(name), name).toEqual([])
})

test('pivot_root and mounts are allowed without conditions', () => {
  for (const name of ['pivot_root', 'mount', 'umount2', 'unshare', 'setns', 'clone3'])
    expect(rules(name)).toEqual([expect.not.objectContaining({ args: expect.anything() })])
})

test('every call is named once', () => {
  const names = allowed.flatMap(({ names }) => names.split(/\s+/).filter(Boolean))
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})
