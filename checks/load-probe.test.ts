import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
  const web = await machine.run({
    image: 'busybox:1',
    name: 'web',
    command: ['sh', '-c', 'mkdir /w; echo "ahoy v1" > /w/index.html; echo up; exec httpd -f -h /w -p 80'],
  })
  const mute = await machine.run({
    image: 'busybox:1',
    name: 'mute',
    // The kernel takes connections for it, but it stands still.
    command: [
      'sh',
      '-c',
      "nc -l -p 80 & until grep -q ':0050 0.*0A ' /proc/net/tcp /proc/net/tcp6; do :; done; kill -STOP $!; echo up; wait",
    ],
  })
  for (const each of [web, mute]) await machine.logged(each, /up/)
})
afterAll(() => machine[Symbol.asyncDispose]())

const on = (name: string, network = 'bridge') => ({ container: machine.name(name), network })
const load = (params: object) =>
  machine.check('load_probe', { to: on('web'), per_second: 40, seconds: 1, ...params })

test('all requests are answered as they should be', async () => {
  const good = await load({ matches: '^ahoy v1' })
  expect(good).toMatchObject({ code: 'passed', evidence: [{ observed: '40 x 200' }] })
})

test('a body that is another', async () => {
  expect((await load({ matches: 'v2' })).code).toBe('wrong-body')
})

test('requests that are lost are counted by what came of them', async () => {
  const refused = await load({ port: 81 })
  expect(refused).toMatchObject({ code: 'requests-lost', evidence: [{ observed: '40 x exit 7' }] })
  const missed = await load({ path: '/nothing' })
  expect(missed).toMatchObject({ code: 'requests-lost', evidence: [{ observed: '40 x 404' }] })
  expect((await load({ port: 81, tolerate: 40 })).code).toBe('passed')
})

test('more than can be asked in the time while each answer is waited for', async () => {
  const slow = await load({ to: on('mute'), per_second: 10, timeout_ms: 2_000 })
  expect(slow.evidence[0]?.observed).toMatch(/^\d x exit 28, \d x not sent$/)
})

test('where there is no way to it', async () => {
  expect((await load({ to: on('nobody') })).code).toBe('object-missing')
  expect((await load({ to: { published: machine.name('mute') } })).code).toBe('not-published')
  expect((await load({ to: on('web', 'nowhere') })).code).toBe('no-address')
  const ended = await machine.run({ image: 'busybox:1', name: 'ended', command: ['true'] })
  await ended.wait()
  expect((await load({ from: { container: machine.name('ended') } })).code).toBe('container-not-running')
})
