import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startDetached } from './detached.ts'
import { endProcess, ownerOfPidFile } from './processes.ts'

let folder: string
let pidFile: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-processes-'))
  pidFile = join(folder, 'pid')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a pid file of a process that bears the mark is kept', async () => {
  const child = spawn('sleep', ['1234.5'])
  await once(child, 'spawn')
  writeFileSync(pidFile, String(child.pid))
  expect(await ownerOfPidFile(pidFile, '1234.5')).toBe(child.pid)
  expect(existsSync(pidFile)).toBe(true)
  child.kill()
})

test.each([
  ['a number that another process has now', String(process.pid)],
  ['a process that ended', '4194300'],
  ['the first process', '1'],
  ['nonsense', 'x'],
])('a pid file with %s is stale and goes', async (_, content) => {
  writeFileSync(pidFile, content)
  expect(await ownerOfPidFile(pidFile, '/etc/drydock/daemon.json')).toBeUndefined()
  expect(existsSync(pidFile)).toBe(false)
})

test('a process that ignores SIGTERM is ended all the same', async () => {
  const child = spawn('bash', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done'])
  const exit = once(child, 'exit')
  await once(child.stdout, 'data')
  await endProcess(child.pid as number, 100)
  expect(await exit).toEqual([null, 'SIGKILL'])
})

test('a detached program has a session of its own, its output in the log and none of our descriptors', async () => {
  const log = join(folder, 'log')
  // Descriptor 30 of a shell stands for a lock that somebody holds around `npm start`; Node closes low ones itself.
  const source = `import { startDetached } from ${JSON.stringify(join(import.meta.dirname, 'detached.ts'))}
    const { pid, ended } = startDetached(['bash', '-c', 'cd /proc/self/fd; echo *; cut -d" " -f6 /proc/$$/stat; echo $$'], ${JSON.stringify(log)})
    await ended`
  const parent = spawn('bash', [
    '-c',
    `exec 30>${folder}/lock; exec "$@"`,
    'x',
    process.execPath,
    '--input-type=module',
    '-e',
    source,
  ])
  expect(await once(parent, 'exit')).toEqual([0, null])
  const [descriptors, session, pid] = readFileSync(log, 'utf8').trim().split('\n')
  expect(descriptors?.split(' ').filter((fd) => fd === '30')).toEqual([])
  expect(session).toBe(pid)
})

test('a large log is set aside before the program starts', async () => {
  const log = join(folder, 'log')
  writeFileSync(log, Buffer.alloc(5_000_001, 'x'))
  await startDetached(['echo', 'fresh'], log).ended
  expect(readFileSync(log, 'utf8')).toBe('fresh\n')
  expect(readFileSync(`${log}.1`).length).toBe(5_000_001)
})

test('readiness comes over descriptor 3', async () => {
  const program = startDetached(['bash', '-c', 'echo 1 >&3; sleep 30'], join(folder, 'log'), { ready: true })
  await program.ready
  await endProcess(program.pid, 0)
  expect(await program.ended).toMatch(/^ended by SIG(TERM|KILL)$/)
})
