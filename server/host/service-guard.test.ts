import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeLeftPolicy, withServicesDenied } from './service-guard.ts'

let folder: string
let policy: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-policy-'))
  policy = join(folder, 'policy-rc.d')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const answer = () => spawnSync(policy, ['docker', 'start']).status
const somebodyElses = (code: number) => {
  writeFileSync(policy, `#!/bin/sh\nexit ${code}\n`)
  chmodSync(policy, 0o755)
}

test('starts are denied while the work runs and allowed afterwards', async () => {
  expect(await withServicesDenied(['docker.io'], async () => answer(), policy)).toBe(101)
  expect(existsSync(policy)).toBe(false)
})

test('work that fails leaves no policy', async () => {
  const failing = withServicesDenied(
    ['docker.io'],
    () => Promise.reject(new Error('no such package')),
    policy,
  )
  await expect(failing).rejects.toThrow('no such package')
  expect(existsSync(policy)).toBe(false)
})

test('a process that exits in the middle leaves no policy', () => {
  const source = `import { withServicesDenied } from ${JSON.stringify(join(import.meta.dirname, 'service-guard.ts'))}
    await withServicesDenied([], async () => { console.log(process.getBuiltinModule('fs').existsSync(${JSON.stringify(policy)})); process.exit(3) }, ${JSON.stringify(policy)})`
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
  })
  expect([stdout.trim(), status]).toEqual(['true', 3])
  expect(existsSync(policy)).toBe(false)
})

test("somebody else's policy that denies is used as it is", async () => {
  somebodyElses(101)
  const before = readFileSync(policy, 'utf8')
  expect(await withServicesDenied([], async () => 'done', policy)).toBe('done')
  expect(readFileSync(policy, 'utf8')).toBe(before)
})

test("somebody else's policy that allows stops the work and stays", async () => {
  somebodyElses(0)
  const before = readFileSync(policy, 'utf8')
  const refused = withServicesDenied(['docker.io'], async () => 'done', policy)
  await expect(refused).rejects.toMatchObject({
    code: 'host-not-ready',
    message: expect.stringContaining('docker.io'),
  })
  expect(readFileSync(policy, 'utf8')).toBe(before)
})

test('the policy of a run that was killed is removed, that of a living one is not', () => {
  const left = (pid: number) =>
    writeFileSync(policy, `#!/bin/sh\n# Drydock, while it installs packages; process ${pid}\nexit 101\n`)
  left(process.pid)
  removeLeftPolicy(policy)
  expect(existsSync(policy)).toBe(true)
  left(spawnSync('true').pid)
  removeLeftPolicy(policy)
  expect(existsSync(policy)).toBe(false)
})
