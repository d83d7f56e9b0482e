import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { type TestHost, testHost } from '../../host/test-host.ts'
import { checkpointName } from '../checkpoint-name.ts'
import type { Sandbox } from '../sandbox-driver.ts'
import { askEngine, newSpec, sh } from '../suite-tools.ts'
import { ContainerEnds } from './container-ends.ts'
import { type DockerDriverDeps, DockerSandboxDriver } from './docker-driver.ts'
import { HostHelper } from './host-helper.ts'
import { hostTraces } from './host-traces.ts'

let host: TestHost
let driver: DockerSandboxDriver
let kept: Sandbox
let home: string

function openDriver(more: Partial<DockerDriverDeps> = {}) {
  return new DockerSandboxDriver({
    ...host.host,
    ...host.config,
    clock: systemClock,
    log: { info() {}, warn() {} },
    ...more,
  })
}

beforeAll(async () => {
  host = await testHost()
  home = join(host.config.hostDir, host.config.installation)
  driver = openDriver()
  kept = await driver.create(newSpec())
})

afterAll(async () => {
  await driver.sweep(new Set())
  await driver.close()
})

const container = (id: string) => host.docker.getContainer(`drydock-${host.config.installation}-${id}`)

test('a disk whose container is gone', async () => {
  const { id } = await driver.create(newSpec())
  await container(id).remove({ force: true })
  const report = await driver.sweep(new Set([kept.id]))
  expect(report).toMatchObject({ containers: [], disks: [id], mounts: [join(home, id, 'root')] })
  expect(report.loops).toHaveLength(1)
  expect(await hostTraces(host.docker, id)).toEqual([])
})

test('a loop device whose file was removed', async () => {
  const { id } = newSpec()
  const file = join(home, id)
  execFileSync('truncate', ['-s', '8M', file])
  const device = execFileSync('losetup', ['--show', '-f', file], { encoding: 'utf8' }).trim()
  execFileSync('rm', [file])
  expect((await driver.sweep(new Set([kept.id]))).loops).toEqual([device])
  expect(await hostTraces(host.docker, id)).toEqual([])
})

test('a loop device that has become somebody else’s is left alone, and is no fault', async () => {
  const helper = new HostHelper({
    docker: host.docker,
    ends: new ContainerEnds({ docker: host.docker, installation: host.config.installation }),
    image: host.host.images.builder,
    installation: host.config.installation,
    hostDir: host.config.hostDir,
  })
  const file = execFileSync('mktemp', { encoding: 'utf8' }).trim()
  execFileSync('truncate', ['-s', '1M', file])
  const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim()
  try {
    await helper.request('drop_loop', device)
    expect(execFileSync('losetup', ['-nO', 'BACK-FILE', device], { encoding: 'utf8' }).trim()).toBe(file)
  } finally {
    execFileSync('losetup', ['-d', device])
    execFileSync('rm', [file])
  }
  await helper.request('drop_loop', device)
})

test('a container that was made and never started', async () => {
  const { id } = await driver.create(newSpec())
  await container(id).kill()
  const report = await driver.sweep(new Set([kept.id]))
  expect(report.containers).toHaveLength(1)
  expect(await hostTraces(host.docker, id)).toEqual([])
})

test('what a container left on the machine that the engine has forgotten goes with its disk', async () => {
  const { id } = await driver.create(newSpec())
  const { Id } = await container(id).inspect()
  await container(id).remove({ force: true })
  const group = `/sys/fs/cgroup/${existsSync('/sys/fs/cgroup/cgroup.controllers') ? '' : 'pids/'}docker/${Id}`
  execFileSync('mkdir', ['-p', `${group}/student`])
  const report = await driver.sweep(new Set([kept.id]))
  expect(report.disks).toEqual([id])
  expect(report.cgroups).toEqual([`${group}/student`, group])
  expect(existsSync(group)).toBe(false)
})

test('shims and cgroups of a container that the engine no longer knows', async () => {
  // What is left when the host engine is killed during a start looks like this to the helper: an id, and nothing in the engine.
  const group = `/sys/fs/cgroup/${existsSync('/sys/fs/cgroup/cgroup.controllers') ? '' : 'pids/'}docker-sweep-test`
  const id = 'ab'.repeat(32)
  execFileSync('mkdir', ['-p', `${group}/${id}/student/inner`])
  try {
    const { installation, hostDir } = host.config
    const ends = new ContainerEnds({ docker: host.docker, installation })
    const helper = new HostHelper({
      docker: host.docker,
      ends,
      image: host.host.images.builder,
      installation,
      hostDir,
    })
    await helper.request('scrub', id)
    await ends.close()
    expect(existsSync(`${group}/${id}`)).toBe(false)
    expect(existsSync(group)).toBe(true)
  } finally {
    execFileSync('find', [group, '-depth', '-type', 'd', '-delete'])
  }
})

test('a driver that starts thaws and wakes what a cut-short checkpoint left frozen', async () => {
  await container(kept.id).pause()
  execFileSync('fsfreeze', ['-f', join(home, kept.id, 'root')])
  const halves = [checkpointName(kept.id), checkpointName(newSpec().id)].map((name) =>
    join(home, 'checkpoints', `${name}.new`),
  )
  for (const half of halves) mkdirSync(half)
  const next = openDriver()
  await next.prepare()
  expect(await sh(kept, 'echo written > /root/after && cat /root/after')).toBe('written')
  expect(await askEngine(kept, '/_ping')).toContain('200')
  expect(halves.filter(existsSync)).toEqual([])
})

test('a driver that starts beside another leaves the checkpoint alone that the other makes', async () => {
  const name = checkpointName(kept.id)
  await sh(kept, 'head -c 96M /dev/urandom > /root/ballast; md5sum /root/ballast > /root/sum')
  const beside = openDriver()
  const [{ bytes }] = await Promise.all([kept.checkpoint(name), beside.prepare()])
  expect(bytes).toBeGreaterThan(96 << 20)
  // The copy is whole, and another installation may open it; it is no part of what that one sweeps.
  const { installation } = host.config
  const other = openDriver({ installation: `${installation.slice(0, 14)}-other` })
  const opened = await other.create(newSpec({ checkpoint: name, checkpointOf: installation }))
  expect(await sh(opened, 'md5sum -c --status /root/sum && cat /root/after')).toBe('written')
  expect((await other.sweep(new Set())).checkpoints).toEqual([])
  await other.close()
  expect((await driver.checkpoints()).map((file) => file.name)).toEqual([name])
  await driver.removeCheckpoint(name)
  await sh(kept, 'rm /root/ballast')
})

test('two drivers that prepare at once do not meet, and the store is mounted once', async () => {
  const [one, two] = [openDriver(), openDriver()]
  await Promise.all([one.prepare(), two.prepare()])
  const store = readFileSync(join(home, 'store'), 'utf8').trim()
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.split(' ')[4]?.endsWith(`/shared/${store}`))
  expect(mounts).toHaveLength(1)
})

test('what another program made with the labels of our sandboxes is named and left alone, and the one it claims to be goes on', async () => {
  const { Config } = await container(kept.id).inspect()
  const forge = (name: string, sandbox: string) =>
    host.docker.createContainer({
      name: `${name}-${host.config.installation}`,
      Image: host.host.images.base,
      Labels: { ...Config.Labels, 'drydock.sandbox': sandbox },
    })
  const forged = [await forge('twin', kept.id), await forge('path', '../../etc'), await forge('none', '')]
  try {
    const names = ['twin', 'path', 'none'].map((name) => `${name}-${host.config.installation}`)
    const { strangers, ...removed } = await driver.sweep(new Set([kept.id]))
    expect(strangers.toSorted()).toEqual(names.toSorted())
    expect(Object.values(removed).flat()).toEqual([])
    expect((await driver.sweep(new Set([kept.id]), 'all')).strangers).toHaveLength(3)
    expect(await driver.list()).toEqual([kept.id])
    expect((await driver.usage()).map(({ sandbox }) => sandbox)).toEqual([kept.id])
    for (const each of forged) expect((await each.inspect()).State.Status).toBe('created')
    expect(await askEngine(kept, '/_ping')).toContain('200')
  } finally {
    for (const each of forged) await each.remove({ force: true })
  }
})

test('two installations on one engine never touch what is the other’s', async () => {
  const installation = `${host.config.installation.slice(0, 14)}-other`
  const other = openDriver({ installation })
  await driver.sweep(new Set([kept.id]))
  const theirs = await other.create(newSpec())
  const copy = checkpointName(theirs.id)
  await theirs.checkpoint(copy)
  try {
    expect(await driver.get(theirs.id)).toBeUndefined()
    await expect(driver.restart(theirs.id)).rejects.toMatchObject({ code: 'sandbox-gone' })
    expect(await driver.checkpoints()).toEqual([])
    await driver.removeCheckpoint(copy)
    expect(Object.values(await driver.sweep(new Set([kept.id]))).flat()).toEqual([])
    expect(await theirs.state()).toBe('running')
    expect((await other.checkpoints()).map(({ name }) => name)).toEqual([copy])
    // And a copy is worth something only over its store.
    const again = await other.create(newSpec({ checkpoint: copy }))
    expect(await sh(again, 'docker run --rm busybox:1 echo whole')).toBe('whole')
    expect(Object.values(await other.sweep(new Set())).flat()).not.toEqual([])
    expect(await askEngine(kept, '/_ping')).toContain('200')
  } finally {
    await other.sweep(new Set())
    await other.close()
  }
})
