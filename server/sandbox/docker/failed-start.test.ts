import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { type TestHost, testHost } from '../../host/test-host.ts'
import type { StartStep } from '../sandbox-driver.ts'
import { newSpec } from '../suite-tools.ts'
import { type DockerDriverDeps, DockerSandboxDriver } from './docker-driver.ts'
import { hostTraces } from './host-traces.ts'
import { labelFilter } from './labels.ts'

// Each step of a start fails by a cause as it happens on a real machine, and nothing may be left of it.

let host: TestHost
let driver: DockerSandboxDriver
const opened: DockerSandboxDriver[] = []

function openDriver(more: Partial<DockerDriverDeps> = {}) {
  const log = { info() {}, warn() {} }
  const made = new DockerSandboxDriver({ ...host.host, ...host.config, clock: systemClock, log, ...more })
  opened.push(made)
  return made
}

beforeAll(async () => {
  host = await testHost()
  driver = openDriver()
  await driver.prepare()
})

afterAll(async () => {
  await driver.sweep(new Set())
  for (const each of opened) await each.close()
})

const nameOf = (id: string) => `drydock-${host.config.installation}-${id}`

test('the container cannot be made: its disk is gone again', async () => {
  const spec = newSpec()
  const taken = await host.docker.createContainer({ name: nameOf(spec.id), Image: host.host.images.base })
  await expect(driver.create(spec)).rejects.toMatchObject({ code: 'sandbox-failed' })
  expect(await hostTraces(host.docker, spec.id)).toEqual([])
  await taken.remove()
})

test.each([
  { hostname: 'not a host name' },
  { hostname: '' },
  { id: '../../../../../../' },
  { motd: 'x'.repeat(200_000) },
  { checkpoint: '../../etc' },
])('a description that is not valid: %o', async (more) => {
  const spec = newSpec(more)
  await expect(driver.create(spec)).rejects.toMatchObject({ code: 'sandbox-failed' })
  expect(await hostTraces(host.docker, spec.id)).toEqual([])
})

/** Does something the moment the host engine tells of an event of this sandbox. */
async function onEvent(id: string, event: string, act: () => Promise<unknown>): Promise<() => void> {
  const filters = JSON.stringify({ event: [event], label: [`drydock.sandbox=${id}`] })
  const events = (await host.docker.getEvents({ filters })) as Readable
  events.once('data', () => void act().catch(() => undefined))
  return () => events.destroy()
}

test('the container is gone before it is started', async () => {
  const spec = newSpec()
  const stop = await onEvent(spec.id, 'create', () =>
    host.docker.getContainer(nameOf(spec.id)).remove({ force: true }),
  )
  await expect(driver.create(spec)).rejects.toMatchObject({ code: 'sandbox-failed' })
  stop()
  expect(await hostTraces(host.docker, spec.id)).toEqual([])
})

test('the sandbox ends before its go-ahead', async () => {
  const spec = newSpec()
  const stop = await onEvent(spec.id, 'start', () => host.docker.getContainer(nameOf(spec.id)).kill())
  await expect(driver.create(spec)).rejects.toMatchObject({ code: 'sandbox-failed' })
  stop()
  expect(await hostTraces(host.docker, spec.id)).toEqual([])
})

test.each(['disk', 'sandbox', 'engine'] as const)('the caller gives up after the step "%s"', async (last) => {
  const spec = newSpec()
  const abort = new AbortController()
  const onStep = ({ name }: StartStep) => name === last && abort.abort()
  await expect(driver.create(spec, { signal: abort.signal, onStep })).rejects.toMatchObject({
    code: 'sandbox-failed',
  })
  expect(await hostTraces(host.docker, spec.id)).toEqual([])
})

test('the checkpoint is not there', async () => {
  const spec = newSpec({ checkpoint: '0123456789abcdef-01234567' })
  await expect(driver.create(spec)).rejects.toMatchObject({ code: 'sandbox-failed' })
  expect(await hostTraces(host.docker, spec.id)).toEqual([])
})

test('the disks have no room: an error that says so, before anything is made', async () => {
  const hostDir = mkdtempSync(join(tmpdir(), 'drydock-full-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=711', 'tmpfs', hostDir])
  const full = openDriver({ hostDir })
  try {
    await expect(full.prepare()).rejects.toMatchObject({ code: 'disk-full' })
    expect(await hostTraces(host.docker, join(hostDir, host.config.installation))).toEqual([])
  } finally {
    await full.close()
    execFileSync('umount', ['--recursive', '--lazy', hostDir])
    rmdirSync(hostDir)
  }
})

test('the sandbox image is not there', async () => {
  const id = `sha256:${'0'.repeat(64)}`
  const before = await host.docker.listContainers({
    all: true,
    filters: labelFilter(host.config.installation, 'sandbox'),
  })
  const lame = openDriver({ images: { ...host.host.images, sandbox: id } })
  await expect(lame.prepare()).rejects.toMatchObject({ code: 'sandbox-failed' })
  const after = await host.docker.listContainers({
    all: true,
    filters: labelFilter(host.config.installation, 'sandbox'),
  })
  expect(after.map(({ Id }) => Id).sort()).toEqual(before.map(({ Id }) => Id).sort())
  await expect(driver.sweep(new Set())).resolves.toEqual({
    containers: [],
    disks: [],
    mounts: [],
    loops: [],
    checkpoints: [],
    cgroups: [],
    strangers: [],
  })
})

test('the host engine does not answer', async () => {
  const nobody = openDriver({ socketPath: '/run/drydock/nobody.sock' })
  await expect(nobody.prepare()).rejects.toMatchObject({ code: 'engine-unreachable' })
  await expect(nobody.create(newSpec())).rejects.toMatchObject({ code: 'engine-unreachable' })
  await expect(nobody.list()).rejects.toMatchObject({ code: 'engine-unreachable' })
})

test('many at once, half of them given up: no trace of those, and the others answer', async () => {
  const specs = Array.from({ length: 6 }, () => newSpec())
  const results = await Promise.allSettled(
    specs.map((spec, i) => {
      const abort = new AbortController()
      return driver.create(spec, { signal: abort.signal, onStep: () => i % 2 === 0 && abort.abort() })
    }),
  )
  expect(results.map(({ status }) => status)).toEqual(
    specs.map((_, i) => (i % 2 === 0 ? 'rejected' : 'fulfilled')),
  )
  for (const [i, { id }] of specs.entries())
    if (i % 2 === 0) expect(await hostTraces(host.docker, id)).toEqual([])
  for (const result of results) if (result.status === 'fulfilled') await result.value.destroy()
})
