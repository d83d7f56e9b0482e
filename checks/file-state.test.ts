import { afterAll, beforeAll, expect, test } from 'vitest'
import { SandboxMachine } from './testing/sandbox-machine.ts'
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

test('files and folders of the sandbox itself, and the bits of one in a container', async () => {
  await using student = await SandboxMachine.start('fstate')
  await student.sh(`
    mkdir -p pack/node_modules && head -c 3000000 /dev/zero > pack/node_modules/big && echo hi > pack/app
    docker run --name box busybox:1 sh -c 'echo hello > /h; chown 1000:7 /h; chmod 640 /h; ln -s /h /link'`)
  const code = async (path: string, params: object = {}) =>
    (await student.check('file_state', { path: `/home/student/${path}`, ...params })).code
  expect(await code('pack/app', { uid: 1000, matches: '^hi$' })).toBe('passed')
  expect(await code('pack/app', { lacks: '^hi$' })).toBe('file-unexpected')
  expect(await code('pack/node_modules', { kind: 'folder', min_size: 3_000_000 })).toBe('passed')
  expect(await code('pack/node_modules/big', { matches: 'x' })).toBe('file-missing')
  expect(await code('pack/nothing')).toBe('file-missing')
  await student.sh('rm -r pack/node_modules && ln -s /usr pack/node_modules && truncate -s 1G large')
  expect(await code('pack/node_modules', { kind: 'folder' })).toBe('file-missing')
  expect(await code('large')).toBe('file-missing')
  expect(await code('large', { absent: true })).toBe('file-present')

  const inBox = async (params: object) =>
    (await student.check('file_state', { container: 'box', path: '/h', ...params })).code
  const sha256 = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03'
  expect(await inBox({ mode: '0640', uid: 1000, gid: 7, min_size: 6, max_size: 6, sha256 })).toBe('passed')
  expect(await inBox({ mode: '644' })).toBe('mode-wrong')
  expect(await inBox({ uid: 0 })).toBe('owner-wrong')
  expect(await inBox({ gid: 0 })).toBe('owner-wrong')
  expect(await inBox({ max_size: 5 })).toBe('size-wrong')
  expect(await inBox({ sha256: sha256.replace('5', '6') })).toBe('file-wrong')
  expect(await inBox({ absent: true })).toBe('file-present')
  expect(await inBox({ path: '/nothing', absent: true })).toBe('passed')
  expect(await inBox({ path: '/link', kind: 'symlink' })).toBe('passed')
  expect(await inBox({ path: '/link' })).toBe('file-missing')
})
