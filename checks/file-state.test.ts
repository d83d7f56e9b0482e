import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

test('reads a file as the container sees it', async () => {
  const code = async (name: string, params: object) =>
    (await machine.check('file_state', { container: machine.name(name), ...params })).code
  const hosts = { path: '/etc/hosts', lacks: '\\bdb\\b' }
  const box = await machine.run({ image: 'busybox:1', name: 'api', command: ['sleep', '600'] })
  expect(await code('api', hosts)).toBe('passed')
  expect(await code('api', { path: '/etc/hosts', matches: '\\blocalhost$' })).toBe('passed')
  expect(await code('api', { path: '/etc/hosts', matches: '\\bdb\\b' })).toBe('file-wrong')
  const exec = await box.exec({
    Cmd: [
      'sh',
      '-c',
      'echo "# not db" >> /etc/hosts; mkfifo /pipe; ln -s /etc/hosts /link; head -c 300000 /dev/zero > /big',
    ],
  })
  await exec.start({ Detach: true })
  await expect.poll(async () => (await exec.inspect()).Running).toBe(false)
  expect(await code('api', hosts)).toBe('passed')
  for (const path of ['/nothing', '/etc', '/pipe', '/link', '/big'])
    expect(await code('api', { path, lacks: 'x' }), path).toBe('file-missing')
  const edit = await box.exec({ Cmd: ['sh', '-c', 'echo "172.17.0.3 db" >> /etc/hosts'] })
  await edit.start({ Detach: true })
  await expect.poll(async () => (await edit.inspect()).Running).toBe(false)
  expect(await code('api', hosts)).toBe('file-unexpected')
  expect(await code('nobody', hosts)).toBe('object-missing')
})

test('sees names given at the start, also after the end', async () => {
  const code = async (name: string) =>
    (
      await machine.check('file_state', {
        container: machine.name(name),
        path: '/etc/hosts',
        lacks: '\\bdb\\b',
      })
    ).code
  await machine.run({
    image: 'busybox:1',
    name: 'extra',
    command: ['sleep', '600'],
    host: { ExtraHosts: ['db:172.17.0.3'] },
  })
  expect(await code('extra')).toBe('file-unexpected')
  await machine.run({ image: 'busybox:1', name: 'db', command: ['sleep', '600'] })
  const linked = await machine.run({
    image: 'busybox:1',
    name: 'linked',
    command: ['sleep', '600'],
    host: { Links: [`${machine.name('db')}:db`] },
  })
  expect(await code('linked')).toBe('file-unexpected')
  await linked.stop({ t: 0 })
  expect(await code('linked')).toBe('file-unexpected')
})
