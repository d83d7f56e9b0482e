import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refuseRemote } from './bind.ts'

const solo = { host: '127.0.0.1', published: '', url: '', allowRemote: false }
const refused = expect.objectContaining({ code: 'bind-refused' })

test.each([
  {},
  { host: '127.0.0.2' },
  { host: '::1' },
  { host: 'localhost' },
  { url: 'http://drydock.localhost:8080' },
  { host: '0.0.0.0', published: '127.0.0.1:4000' },
  { host: '0.0.0.0', published: '[::1]:4000' },
])('who only this machine can reach may start: %o', (given) => {
  refuseRemote({ ...solo, ...given })
})

test.each([
  [{ host: '0.0.0.0' }, '0.0.0.0'],
  [{ host: '::' }, '::'],
  [{ host: '192.168.1.5' }, '192.168.1.5'],
  [{ host: '127.evil.example' }, '127.evil.example'],
  [{ host: '0.0.0.0', published: '0.0.0.0:4000' }, '0.0.0.0'],
  [{ host: '127.0.0.1', published: '192.168.1.5:4000' }, '192.168.1.5'],
  [{ url: 'https://labs.example.org' }, 'labs.example.org'],
  [{ host: '0.0.0.0', published: '127.0.0.1:4000', url: 'https://labs.example.org' }, 'labs.example.org'],
])('what others can reach is refused by name: %o', (given, name) => {
  expect(() => refuseRemote({ ...solo, ...given })).toThrow(refused)
  expect(() => refuseRemote({ ...solo, ...given })).toThrow(name)
})

test('who guards the way in says so, and what browsers open', () => {
  const open = { ...solo, host: '0.0.0.0', allowRemote: true }
  expect(() => refuseRemote(open)).toThrow(refused)
  expect(() => refuseRemote(open)).toThrow('DRYDOCK_URL')
  refuseRemote({ ...open, url: 'https://labs.example.org' })
})

test('a server that is told to listen everywhere ends before it prepares anything, and says what to do', () => {
  const program = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'cli/main.ts'), 'serve']
  const env = { ...process.env, DRYDOCK_HOST: '0.0.0.0', DRYDOCK_DOCKER: '/nowhere/docker.sock' }
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { env, encoding: 'utf8' })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /0\.0\.0\.0 can be reached from elsewhere.*\n.*DRYDOCK_ALLOW_REMOTE.*\[bind-refused\]/,
  )
})
