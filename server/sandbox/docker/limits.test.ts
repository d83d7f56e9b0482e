import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { type TestHost, testHost } from '../../host/test-host.ts'
import { namespaceCaps, reserveLimits, sandboxLimits } from '../limits.ts'
import type { Sandbox } from '../sandbox-driver.ts'
import { newSpec, sh } from '../suite-tools.ts'
import { DockerSandboxDriver } from './docker-driver.ts'

// The table of limits, read from inside a sandbox: what the kernel holds it to.

let host: TestHost
let driver: DockerSandboxDriver
let sandbox: Sandbox

beforeAll(async () => {
  host = await testHost()
  const log = { info() {}, warn() {} }
  driver = new DockerSandboxDriver({ ...host.host, ...host.config, clock: systemClock, log })
  sandbox = await driver.create(newSpec())
})

afterAll(async () => {
  await driver.sweep(new Set())
  await driver.close()
})

const values = (table: Record<string, { value: number }>) =>
  Object.fromEntries(Object.entries(table).map(([name, { value }]) => [name, value]))

/** Lines `NAME NUMBER` that a script prints. */
async function read(script: string): Promise<Record<string, number>> {
  const lines = (await sh(sandbox, script)).split('\n').map((line) => line.split(' '))
  return Object.fromEntries(lines.map(([name, number]) => [name, Number(number)]))
}

test('memory, swap, processes and shares of the sandbox, and what of them containers and terminals may take', async () => {
  const found = await read(`
    cd /sys/fs/cgroup
    first() { for file; do [ -e $file ] && { cat $file; return; }; done; echo none; }
    echo memory $(first memory/memory.limit_in_bytes memory.max)
    echo pids $(first pids/pids.max pids.max)
    echo cpuShares $(first cpu/cpu.shares cpu.weight)
    echo studentPids $(first pids/student/pids.max student/pids.max)
    echo studentMemory $(first memory/student/memory.limit_in_bytes student/memory.max)
    echo shellPids $(first pids/shell/pids.max shell/pids.max)
    echo shellMemory $(first memory/shell/memory.limit_in_bytes shell/memory.max)
    both=$(first memory/memory.memsw.limit_in_bytes)
    [ $both = none ] && echo swap $(first memory.swap.max) || echo swap $((both - $(cat memory/memory.limit_in_bytes)))
    echo oomScore $(cat /proc/1/oom_score_adj)`)
  const { memory, swap, pids, cpuShares, oomScore } = values(sandboxLimits)
  // Cgroup v2 counts shares on a scale of its own.
  if (found.cpuShares !== cpuShares) expect(found.cpuShares).toBeLessThan(10)
  // Without an account of swap the kernel has no such file: then there is none to be had.
  if (Number.isNaN(found.swap)) found.swap = 0
  expect({ ...found, cpuShares }).toEqual({
    memory,
    swap,
    pids,
    cpuShares,
    oomScore,
    ...values(reserveLimits),
  })
})

test('half of the cores, and one at least', async () => {
  const found = await read(`
    cd /sys/fs/cgroup
    if [ -e cpu.max ]; then read -r quota period < cpu.max; else read -r quota < cpu/cpu.cfs_quota_us; read -r period < cpu/cpu.cfs_period_us; fi
    echo hundredths $((quota * 100 / period)); echo cores $(nproc)`)
  expect(found.hundredths).toBe(Math.max(1, Number(found.cores) * sandboxLimits.cpus.value) * 100)
})

test('the disk, and what is in memory', async () => {
  const found = await read(`
    size() { echo $1 $(($(stat -f -c '%b * %S' $2))); }
    size disk /; size volumes /var/lib/docker; size tmp /tmp; size home /home/student; size shm /dev/shm; size run /run; size dev /dev`)
  const { disk, shm, run, dev } = values(sandboxLimits)
  expect([found.shm, found.run, found.dev]).toEqual([shm, run, dev])
  // Its file system takes a few percent of it.
  for (const place of ['disk', 'volumes', 'tmp', 'home']) {
    expect(found[place], place).toBeLessThanOrEqual(disk as number)
    expect(found[place], place).toBeGreaterThan((disk as number) * 0.93)
  }
})

test('what each of its processes may have', async () => {
  const found = await read(`
    limit() { echo $1 $(awk -v name="$2" 'index($0, name) == 1 { print $(NF - 1) }' /proc/1/limits); }
    limit openFiles 'Max open files'; limit pendingSignals 'Max pending signals'
    limit messageQueues 'Max msgqueue size'; limit lockedMemory 'Max locked memory'; limit coreDump 'Max core file size'`)
  const { openFiles, pendingSignals, messageQueues, lockedMemory, coreDump } = values(sandboxLimits)
  expect(found).toEqual({ openFiles, pendingSignals, messageQueues, lockedMemory, coreDump })
})

test('what its user namespace may make', async () => {
  const script = Object.keys(namespaceCaps).map((name) => `echo ${name} $(cat /proc/sys/user/max_${name})`)
  expect(await read(script.join('; '))).toEqual(values(namespaceCaps))
})

test('what its first process prints stays small on the host', async () => {
  await sh(sandbox, 'head -c 50M /dev/urandom | base64 > /proc/1/fd/1')
  const name = `drydock-${host.config.installation}-${sandbox.id}`
  const { Id } = await host.docker.getContainer(name).inspect()
  const { DockerRootDir } = await host.docker.info()
  const logs = join(DockerRootDir, 'containers', Id, 'local-logs')
  const bytes = readdirSync(logs).reduce((sum, file) => sum + statSync(join(logs, file)).size, 0)
  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThan((sandboxLimits.logFiles.value + 1) * sandboxLimits.logFile.value)
})
