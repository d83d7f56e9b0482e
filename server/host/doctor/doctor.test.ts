import { once } from 'node:events'
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../config.ts'
import { DISK_RESERVE_BYTES } from '../../sandbox/limits.ts'
import { kernelSettings } from '../kernel-settings.ts'
import { testHost } from '../test-host.ts'
import { examine } from './examine.ts'
import { judgeEngine } from './judge-engine.ts'
import {
  judgeControllers,
  judgeDiskBound,
  judgeKernelSettings,
  judgeRoom,
  judgeSize,
  LEAST_ROOM,
} from './judge-machine.ts'
import { lookAtPort } from './look-at-port.ts'
import { refuseUnfit } from './refuse.ts'

const engine = {
  ServerVersion: '28.5.2',
  Driver: 'overlay2',
  CgroupVersion: '2',
  CgroupDriver: 'systemd',
  SecurityOptions: ['name=seccomp,profile=default', 'name=userns'],
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CPUShares: true,
  LiveRestoreEnabled: true,
}
const states = (findings: readonly { name: string; state: string }[]) =>
  Object.fromEntries(findings.filter(({ state }) => state !== 'ok').map(({ name, state }) => [name, state]))
const GiB = 1 << 30

/** A program that has the port and answers every request with `body`. */
async function onPort(body: string): Promise<{ host: string; port: number }> {
  const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

test('a machine that is ready has nothing that fails', async () => {
  const { config } = await testHost()
  const findings = await examine(config)
  expect(findings.filter(({ state }) => state === 'fail')).toEqual([])
  expect(findings.map(({ name }) => name)).toContain('user namespaces')
  expect(new Set(findings.map(({ name }) => name)).size).toBe(findings.length)
})

test('an engine that does not answer is said with what to do', async () => {
  const config = loadConfig({ DRYDOCK_DOCKER: '/nowhere/docker.sock' })
  const found = (await examine(config)).find(({ name }) => name === 'host engine')
  expect(found).toMatchObject({ state: 'fail', seen: 'does not answer at /nowhere/docker.sock' })
  expect(found?.mend).toMatch(/DRYDOCK_DOCKER/)
})

test('a lab image whose folder holds something else than what was built is named', async () => {
  const { config } = await testHost()
  const labsDir = mkdtempSync(join(tmpdir(), 'drydock-doctor-'))
  try {
    cpSync(join(config.labsDir, 'images'), join(labsDir, 'images'), { recursive: true })
    appendFileSync(join(labsDir, 'images/busybox/Dockerfile'), '\n# another recipe\n')
    const found = (await examine({ ...config, labsDir })).find(({ name }) => name === 'images')
    expect(found).toMatchObject({ state: 'warn', mend: 'npm start builds them.' })
    expect(found?.seen).toContain('lab-busybox')
    expect((await examine(config)).find(({ name }) => name === 'images')?.state).toBe('ok')
  } finally {
    rmSync(labsDir, { recursive: true, force: true })
  }
})

test('a port that another program has is named, one of a Drydock is not held against it', async () => {
  const another = await onPort('{}')
  expect(await lookAtPort(another)).toMatchObject({
    state: 'fail',
    mend: expect.stringContaining('DRYDOCK_PORT'),
  })
  expect((await lookAtPort(await onPort('{"status":"ok","engine":"ready"}'))).state).toBe('ok')
  expect((await lookAtPort({ ...another, port: 0 })).state).toBe('ok')
  expect(await lookAtPort({ host: '192.0.2.1', port: 4000 })).toMatchObject({
    state: 'fail',
    mend: expect.stringContaining('DRYDOCK_HOST'),
  })
})

test('a machine that cannot work is refused with all that is wrong; a full disk passes', () => {
  const full = judgeRoom('the data', '/data', { bytesFree: GiB, inodes: 0, inodesFree: 0 })
  const small = judgeSize(4 * GiB, 1)
  refuseUnfit([full, small])
  const unfit = judgeEngine({ ...engine, SecurityOptions: [], PidsLimit: false }, false)
  expect(() => refuseUnfit([full, small, ...unfit])).toThrow(
    expect.objectContaining({
      code: 'host-not-ready',
      message: expect.stringMatching(/^user namespaces: .*--userns-remap.*\nseccomp: .*\nlimits: .* pids/),
    }),
  )
})

test('an engine that is no boundary fails, unless the installation says that it trusts its students', () => {
  const unmapped = { ...engine, SecurityOptions: ['name=seccomp'] }
  expect(states(judgeEngine(engine, false))).toEqual({})
  expect(states(judgeEngine(unmapped, false))).toEqual({ 'user namespaces': 'fail' })
  expect(states(judgeEngine(unmapped, true))).toEqual({ 'user namespaces': 'warn' })
  expect(states(judgeEngine({ ...engine, SecurityOptions: ['name=userns'] }, false))).toEqual({
    seccomp: 'fail',
  })
})

test('what an engine cannot limit is named', () => {
  const [found] = judgeEngine({ ...engine, PidsLimit: false, CPUShares: false }, false).filter(
    ({ name }) => name === 'limits',
  )
  expect(found).toMatchObject({ state: 'fail', seen: 'the engine cannot limit pids, cpu shares' })
  expect(states(judgeEngine({ ...engine, SwapLimit: false }, false))).toEqual({ limits: 'warn' })
})

test('an engine that nobody tried is named', () => {
  const old = { ...engine, ServerVersion: '19.03.1', Driver: 'vfs', LiveRestoreEnabled: false }
  expect(states(judgeEngine(old, false))).toEqual({
    'engine version': 'fail',
    'storage driver': 'warn',
    'live restore': 'warn',
  })
})

test('a full disk fails, a small one warns, inodes count', () => {
  expect(LEAST_ROOM).toBe(DISK_RESERVE_BYTES)
  const room = (bytesFree: number, inodesFree = 900) =>
    judgeRoom('the data', '/data', { bytesFree, inodes: 1000, inodesFree }).state
  expect([room(GiB), room(7 * GiB), room(20 * GiB), room(20 * GiB, 10)]).toEqual([
    'fail',
    'warn',
    'ok',
    'warn',
  ])
})

test('a controller that the kernel lacks is named', () => {
  const line = (name: string, on = 1) => `${name}\t3\t70\t${on}`
  const all = ['cpu', 'memory', 'pids', 'devices', 'freezer']
  const text = (lines: string[]) => ['#subsys_name\thierarchy\tnum_cgroups\tenabled', ...lines, ''].join('\n')
  expect(judgeControllers(text(all.map((name) => line(name))))).toMatchObject({ state: 'ok' })
  expect(judgeControllers(text(all.map((name) => line(name, name === 'memory' ? 0 : 1))))).toMatchObject({
    state: 'fail',
    seen: 'memory not there',
  })
})

test('how the disks of sandboxes are bounded is said, and what to do where nothing bounds them', () => {
  const loaded = 'Block devices:\n  7 loop\n254 virtblk\n'
  const without = 'Block devices:\n254 virtblk\n'
  for (const seen of [
    judgeDiskBound(loaded, true),
    judgeDiskBound(without, true),
    judgeDiskBound(loaded, false),
  ])
    expect(seen).toMatchObject({ state: 'ok', seen: expect.stringContaining('loop device') })
  expect(judgeDiskBound(without, false)).toMatchObject({
    state: 'fail',
    mend: expect.stringContaining('modprobe loop'),
  })
})

test('a small machine is said to be one', () => {
  expect(
    [judgeSize(GiB, 4), judgeSize(4 * GiB, 2), judgeSize(8 * GiB, 1), judgeSize(8 * GiB, 2)].map(
      (x) => x.state,
    ),
  ).toEqual(['fail', 'warn', 'warn', 'ok'])
})

test('each number of the kernel that does not suffice is a line with the command that sets it', () => {
  const seen = kernelSettings.map((each) => ({ ...each, now: each.value, ok: true }))
  expect(states(judgeKernelSettings(seen))).toEqual({})
  const [low] = judgeKernelSettings(
    seen.map((each) => (each.name === 'kernel.pid_max' ? { ...each, now: 32_768, ok: false } : each)),
  )
  expect(low).toMatchObject({ name: 'kernel.pid_max', state: 'warn' })
  expect(low?.mend).toContain('sysctl -w kernel.pid_max=4194304')
})
