import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { checks } from '../../checks/registry.ts'
import { runCheck } from '../../checks/run-check.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import { loadLabs } from '../../labs/load-labs.ts'
import { loadConfig } from '../config.ts'
import { regrade as judge, wouldChange } from '../services/regrade.ts'
import { storedTasks } from '../services/stored-tasks.ts'
import { openSqliteStore, readSqliteStore } from '../store/sql/open-sqlite.ts'
import type { Store, VerdictRecord } from '../store/store.ts'
import { regrade } from './regrade.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'drydock-regrade-'))
const { labs } = await loadLabs(loadConfig().labsDir, checks)
const lab = labs.find(({ slug }) => slug === 'oom-exit-137') as Lab
const exitCode = lab.tasks
  .find(({ id }) => id === 'reproduce')
  ?.checks.find(({ with: w }) => w.path === 'State.ExitCode')
if (!exitCode) throw new Error('the lab no longer asks for the exit code')
let store: Store

/** Evidence as the check itself gathers it, from an engine that says `code`. */
async function judged(code: number): Promise<VerdictRecord> {
  const container = { Id: 'a'.repeat(64), State: { ExitCode: code } }
  const engine = { container: async () => container }
  const contextFor = () => ({ engine, images: new Map(), seed: 'seed', now: () => 5 }) as never
  const deps = { checks, contextFor, after: () => () => {}, now: () => 5 }
  const use = exitCode as NonNullable<typeof exitCode>
  return { use, ...(await runCheck(deps, 'reproduce', use)) }
}

beforeAll(async () => {
  store = await openSqliteStore(dataDir)
  for (const [name, code] of [
    ['ann', 137],
    ['bob', 1],
  ] as const) {
    await store.putUser({ id: name, name, role: 'student' })
    const session = {
      id: name,
      owner: name,
      lab: lab.slug,
      labHash: 'h',
      sandbox: name,
      seed: 's',
      createdAt: 1,
    }
    await store.addSession(session, 5)
    const record = await judged(code)
    const { status } = record.verdict
    await store.addCheckRun({
      id: `run-${name}`,
      session: name,
      labHash: 'h',
      at: 5,
      verdicts: [record],
      tasks: [{ task: 'reproduce', status: status as 'passed', code: record.verdict.code }],
    })
  }
})
afterAll(async () => {
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
})
afterEach(() => vi.unstubAllEnvs())

/** The lab with one check only, on `reproduce`. */
function labWith(change: object): Lab {
  const use = { ...(exitCode as object), ...change } as NonNullable<typeof exitCode>
  return {
    ...lab,
    tasks: lab.tasks.map((task) => (task.id === 'reproduce' ? { ...task, checks: [use] } : task)),
  }
}

const summary = async (now: Lab) =>
  judge(now, await storedTasks(store, now)).map((row) => [row.person, row.passed, row.now, wouldChange(row)])

test('the same checks change nothing', async () => {
  expect(await summary(labWith({}))).toEqual([
    ['ann', true, 'passed', false],
    ['bob', false, 'not-passed', false],
  ])
})

test('another bound over the same evidence says who would change', async () => {
  expect(await summary(labWith({ with: { ...exitCode.with, eq: 1 } }))).toEqual([
    ['ann', true, 'not-passed', true],
    ['bob', false, 'passed', true],
  ])
})

test('where the evidence does not hold the answer, that is said, and nobody changes', async () => {
  const rows = judge(
    labWith({ with: { ...exitCode.with, path: 'State.OOMKilled' } }),
    await storedTasks(store, lab),
  )
  expect(rows).toMatchObject([
    { person: 'ann', now: 'unknown', why: expect.stringContaining('asked something else') },
    { person: 'bob', now: 'unknown' },
  ])
  expect(rows.some(wouldChange)).toBe(false)
})

test('a task that the lab has no more cannot be told', async () => {
  const now = { ...lab, tasks: lab.tasks.filter(({ id }) => id !== 'reproduce') }
  expect(await summary(now)).toEqual([
    ['ann', true, 'unknown', false],
    ['bob', false, 'unknown', false],
  ])
})

test('the command reads beside the server that has the store, and changes nothing', async () => {
  vi.stubEnv('DRYDOCK_DATA_DIR', dataDir)
  const before = await Promise.all(['ann', 'bob'].map((id) => store.tasks(id)))
  const lines: string[] = []
  const call = (...args: string[]) =>
    regrade({ args, signal: new AbortController().signal, print: (line) => lines.push(line) })
  expect(await call(lab.slug, '--preview')).toBe(0)
  // Of six checks of the task one was kept: whoever failed that one fails, for the others nobody can tell.
  expect(lines.at(-1)).toBe(
    `2 judged tasks of ${lab.slug}: 1 stay, 0 would change, 1 cannot be told. Nothing was changed.`,
  )
  expect(lines[0]).toMatch(/^ann .* cannot be told: /)
  expect(await Promise.all(['ann', 'bob'].map((id) => store.tasks(id)))).toEqual(before)
  const reader = await readSqliteStore(dataDir)
  await expect(reader.putUser({ id: 'eve', name: 'Eve', role: 'admin' })).rejects.toMatchObject({
    code: 'store-failed',
  })
  await reader.close()
})

test('it is refused without --preview, for an unknown lab, and where there is no store', async () => {
  const call = (...args: string[]) => regrade({ args, signal: new AbortController().signal, print: () => {} })
  const silent = vi.spyOn(console, 'error').mockImplementation(() => {})
  for (const args of [[], [lab.slug], [lab.slug, 'b', '--preview'], [lab.slug, '--preview', '--now']])
    expect(await call(...args)).toBe(2)
  expect(await call('none', '--preview')).toBe(2)
  expect(silent.mock.lastCall?.[0]).toMatch(/none/)
  silent.mockRestore()
  vi.stubEnv('DRYDOCK_DATA_DIR', join(dataDir, 'nowhere'))
  await expect(call(lab.slug, '--preview')).rejects.toMatchObject({ code: 'store-failed' })
})
