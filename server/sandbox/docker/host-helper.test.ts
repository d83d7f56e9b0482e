import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestHost, testHost } from '../../host/test-host.ts'
import { DISK_RESERVE_BYTES } from '../limits.ts'
import { newSpec } from '../suite-tools.ts'
import { ContainerEnds } from './container-ends.ts'
import { HostHelper } from './host-helper.ts'
import { hostTraces } from './host-traces.ts'

let host: TestHost
let helper: HostHelper
let ends: ContainerEnds
let home: string

const MiB = 1 << 20
const tools = 'tools-0123456789abcdef'
const owner = '100000:100000'

beforeAll(async () => {
  host = await testHost()
  const { installation, hostDir } = host.config
  const { docker } = host
  ends = new ContainerEnds({ docker, installation })
  helper = new HostHelper({ docker, ends, image: host.host.images.builder, installation, hostDir })
  home = join(hostDir, installation)
})

afterAll(async () => {
  for (const id of (await helper.request('list_disks')).split('\n').filter(Boolean))
    await helper.request('drop_disk', id)
  await helper.close()
  await ends.close()
})

const makeDisk = (id: string, bytes: number, reserve = 0) =>
  helper.request('make_disk', id, owner, bytes, reserve, '-', tools)

test('makes a disk, says what is used on it, and removes it without a trace', async () => {
  const { id } = newSpec()
  await makeDisk(id, 64 * MiB)
  expect(await hostTraces(host.docker, id)).toHaveLength(2) // its mount and its loop device
  const [blocks = 0, free = 0] = (await helper.request('room', id)).split(' ').map(Number)
  expect(free).toBeLessThan(blocks)
  await helper.request('drop_disk', id)
  expect(await hostTraces(host.docker, id)).toEqual([])
  expect(existsSync(join(home, id))).toBe(false)
  await helper.request('drop_disk', id)
})

test('a disk that cannot be formatted leaves nothing', async () => {
  const { id } = newSpec()
  await expect(makeDisk(id, 1000)).rejects.toMatchObject({ code: 1 })
  expect(existsSync(join(home, id))).toBe(false)
})

test('refuses a disk below the reserve, and one that is there already', async () => {
  const { id } = newSpec()
  await expect(makeDisk(id, 64 * MiB, 999_999_999_999_999)).rejects.toMatchObject({ code: 28 })
  expect(existsSync(join(home, id))).toBe(false)
  await makeDisk(id, 64 * MiB)
  await expect(makeDisk(id, 64 * MiB)).rejects.toMatchObject({ code: 17 })
  expect(existsSync(join(home, id, 'disk'))).toBe(true)
  await helper.request('drop_disk', id)
})

test.each([
  ['drop_disk', '../../etc'],
  ['drop_disk', '0123456789ABCDEF'],
  ['drop_disk', '$(id)'],
  ['drop_disk', '0123456789abcdef\n9 scrub'],
  ['drop_disk'],
  ['make_disk', '0123456789abcdef', '0:0;id', '1', '1', '-', tools],
  ['make_disk', '0123456789abcdef', '0:0', '1', '1', 'store-../../../..', tools],
  ['open_image', 'tools-/etc/passwd'],
  ['drop_checkpoint', '0123456789abcdef-..'],
  ['drop_loop', '/dev/sda'],
  ['kill', '0'.repeat(64), '1x'],
  ['scrub', '*'],
  ['no_such_verb'],
  ['eval', 'id'],
])('refuses %s %s', async (verb, ...args) => {
  await expect(helper.request(verb, ...args)).rejects.toMatchObject({ code: 2 })
})

test('a process of another container is not killed', async () => {
  await helper.request('kill', '0'.repeat(64), process.pid)
})

test('requests run side by side and answers do not mix, also long ones', async () => {
  const specs = Array.from({ length: 8 }, () => newSpec())
  await Promise.all(specs.map(({ id }) => makeDisk(id, 64 * MiB)))
  const lists = await Promise.all(Array.from({ length: 20 }, () => helper.request('list_disks')))
  for (const list of lists)
    expect(list.split('\n').sort()).toEqual(expect.arrayContaining(specs.map(({ id }) => id)))
  await Promise.all(specs.map(({ id }) => helper.request('drop_disk', id)))
})

test('a lost helper fails what it was doing and is there again for the next request', async () => {
  const { installation } = host.config
  await helper.request('list_disks')
  const container = host.docker.getContainer(`drydock-helper-${installation}`)
  const { id } = newSpec()
  await makeDisk(id, 64 * MiB)
  await container.remove({ force: true })
  await expect.poll(() => helper.request('list_disks').catch(() => 'lost')).toContain(id)
  await helper.request('drop_disk', id)
})

test('the reserve is larger than a disk', () => {
  expect(DISK_RESERVE_BYTES).toBeGreaterThan(4 * 1024 * MiB)
})
