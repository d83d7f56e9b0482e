import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../../config.ts'
import { examine } from '../doctor/examine.ts'
import { refuseUnfit } from '../doctor/refuse.ts'
import { ensureHostEngine } from '../engine.ts'
import { pingEngine } from '../ping.ts'
import { commandLine, endProcess } from '../processes.ts'
import { run } from '../run.ts'
import { testHost } from '../test-host.ts'
import { endOwnEngine } from './end.ts'
import { type EngineLayout, engineLayout } from './layout.ts'
import { unmountBelow } from './mounts.ts'
import { startOwnEngine } from './start.ts'
import { stopOwnEngine } from './stop.ts'

/** A lab image of a few kilobytes: `hold` keeps it running. */
const IMAGE = 'lab/eater:1'

let place: string
let layout: EngineLayout
let docker: Docker
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'drydock-engine-'))
  // The remapped root must get through.
  await chmod(place, 0o711)
  layout = engineLayout({ engineDir: join(place, 'engine'), runDir: join(place, 'run') })
  docker = new Docker({ socketPath: layout.socket })
})
afterEach(async () => {
  for (const { Id } of (await pingEngine(layout.socket)) ? await docker.listContainers() : []) {
    await docker.getContainer(Id).remove({ force: true })
  }
  await stopOwnEngine(layout)
  await rm(place, { recursive: true, force: true })
})

const pidIn = async (file: string) => Number(await readFile(file, 'utf8'))

/** Command lines of all processes that name the place of the test. */
async function processesOf(directory: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const lines = await Promise.all(pids.map(async (pid) => (await commandLine(pid))?.join(' ') ?? ''))
  return lines.filter((line) => line.includes(directory))
}

async function hold(): Promise<Docker.Container> {
  const { host, docker: shared } = await testHost()
  const id = host.images.labs.find(({ name }) => name === IMAGE)?.id ?? ''
  const loading = await docker.loadImage(await shared.getImage(id).get())
  await once(loading.resume(), 'end')
  const container = await docker.createContainer({
    Image: id,
    Cmd: ['hold'],
    HostConfig: { NetworkMode: 'none' },
  })
  await container.start()
  return container
}

test('it answers, remaps users, and its socket is for root alone', async () => {
  await startOwnEngine(layout)
  const info = (await docker.info()) as {
    SecurityOptions: string[]
    LiveRestoreEnabled: boolean
    DockerRootDir: string
  }
  expect(info.SecurityOptions).toContainEqual(expect.stringContaining('userns'))
  expect(info.LiveRestoreEnabled).toBe(true)
  expect(info.DockerRootDir).toMatch(new RegExp(`^${layout.dataRoot}/`))
  expect((await run(['stat', '-c', '%a %U', layout.socket])).trim()).toBe('600 root')
})

test('what it keeps while it runs, and what it writes for a moment, is in memory', async () => {
  await startOwnEngine(layout)
  const { type } = await statfs('/dev/shm')
  expect((await statfs(layout.execRoot)).type).toBe(type)
  expect((await statfs(layout.tmp)).type).toBe(type)
  const environ = await readFile(`/proc/${await pidIn(layout.containerdPid)}/environ`, 'utf8')
  expect(environ.split('\0')).toContain(`TMPDIR=${layout.tmp}`)
})

test('starting it again while it runs mends its way out and changes nothing else', async () => {
  await startOwnEngine(layout)
  const device = () =>
    run(['nsenter', `--net=${layout.namespacePath}`, 'ip', '-4', '-brief', 'address', 'show', 'tap0'])
  const [pid, address] = [await pidIn(layout.enginePid), await device()]
  expect(address).toMatch(/UP|UNKNOWN/)
  await endProcess(await pidIn(layout.wayPid), 0)
  await expect(device()).rejects.toThrow('does not exist')
  await startOwnEngine(layout)
  expect(await device()).toBe(address)
  expect(await pidIn(layout.enginePid)).toBe(pid)
})

test('after a kill -9 it starts over pid files that name other processes, and containers never stopped', async () => {
  await startOwnEngine(layout)
  const container = await hold()
  const before = (await container.inspect()).State
  await endProcess(await pidIn(layout.enginePid), 0)
  await writeFile(layout.enginePid, String(process.pid))
  await writeFile(layout.containerdPid, String(process.pid))
  await startOwnEngine(layout)
  const after = (await container.inspect()).State
  expect(after).toMatchObject({ Running: true, Pid: before.Pid, StartedAt: before.StartedAt })
})

test('it does not end while a container runs, and then leaves nothing that runs', async () => {
  await startOwnEngine(layout)
  const container = await hold()
  await expect(endOwnEngine(layout)).rejects.toMatchObject({ code: 'host-not-ready' })
  expect((await container.inspect()).State.Running).toBe(true)
  await container.remove({ force: true })
  await endOwnEngine(layout)
  expect(await processesOf(place)).toEqual([])
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(place)
  expect(existsSync(layout.namespacePath)).toBe(false)
  expect(existsSync(layout.runDir)).toBe(false)
  expect(existsSync(layout.dataRoot)).toBe(true)
})

test('an engine that cannot start says why, with the end of its log', async () => {
  await mkdir(layout.engineDir, { recursive: true })
  await writeFile(layout.dataRoot, 'in the way')
  await expect(startOwnEngine(layout)).rejects.toMatchObject({
    code: 'host-not-ready',
    message: expect.stringMatching(/exit code 1.*dockerd\.log ends with:\n[\s\S]*\/engine\/data/),
  })
})

test('an engine that is already there keeps its bridge and its firewall rules', async () => {
  // A network namespace stands for a machine on which an ordinary engine runs.
  const machine = `${layout.namespace}-machine`
  const other = join(place, 'other')
  await run(['ip', 'netns', 'add', machine])
  const there = (...argv: string[]) => run(['nsenter', `--net=/run/netns/${machine}`, ...argv])
  const daemon = spawn('nsenter', [
    `--net=/run/netns/${machine}`,
    'dockerd',
    `--data-root=${other}/data`,
    `--exec-root=${other}/exec`,
    `--pidfile=${other}/pid`,
    `--host=unix://${other}/docker.sock`,
  ])
  let log = ''
  daemon.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('latin1')
  })
  try {
    await expect.poll(() => pingEngine(`${other}/docker.sock`), { timeout: 20_000 }).toBe(true)
    const state = async () => [
      (await there('iptables-save')).replace(/^#.*$|\[\d+:\d+\]/gm, ''),
      await there('ip', '-brief', 'address', 'show', 'docker0'),
      await there('ip', 'route'),
      await pidIn(`${other}/pid`),
    ]
    // It remaps no users: named as the engine for sandboxes it is refused, with what to do.
    const named = { ...loadConfig(), dockerSocket: `${other}/docker.sock` }
    await expect(ensureHostEngine(named, { progress() {}, outcome() {} })).rejects.toMatchObject({
      code: 'engine-unsafe',
    })
    const findings = await examine(named)
    expect(findings).toContainEqual(expect.objectContaining({ name: 'user namespaces', state: 'fail' }))
    expect(() => refuseUnfit(findings)).toThrow(/user namespaces: not remapped[\s\S]*--userns-remap=default/)
    const before = await state()
    expect(before.join()).toMatch(/DOCKER-ISOLATION[\s\S]*172\.17\.0\.1/)
    const start = `import { startOwnEngine } from ${JSON.stringify(join(import.meta.dirname, 'start.ts'))}
      await startOwnEngine(${JSON.stringify(layout)})`
    await there(process.execPath, '--input-type=module', '-e', start)
    expect(await pingEngine(layout.socket)).toBe(true)
    expect(await state()).toEqual(before)
    await stopOwnEngine(layout)
    expect(await state()).toEqual(before)
  } catch (error) {
    throw new Error(`with the other engine's log:\n${log.slice(-3000)}`, { cause: error })
  } finally {
    await endProcess(daemon.pid as number, 10_000)
    await unmountBelow(other)
    await run(['ip', 'netns', 'delete', machine])
  }
})
