import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeSweep, endSandboxes } from '../../server/cli/end-sandboxes.ts'
import type { Config } from '../../server/config.ts'
import { silentReport } from '../../server/host/report.ts'
import { type TestHost, testHost } from '../../server/host/test-host.ts'
import { buildWeb } from '../../server/host/web-build.ts'
import { type RunningServer, startServer } from '../../server/main.ts'
import { verifyReceipt } from '../../server/receipts/verify.ts'
import { hostTraces } from '../../server/sandbox/docker/host-traces.ts'
import { openBrowser, shows, terminalOf, typeLines } from './browser.ts'
import { type Connection, connectionOf } from './connection.ts'

const SOLUTION = join(import.meta.dirname, '../../labs/oom-exit-137/solutions/good/plain.sh')
const TITLE = 'The kill nobody sent'

/** The solution's commands, as a person would type them: one block a task. */
const blocks = readFileSync(SOLUTION, 'utf8')
  .split('\n\n')
  .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
const TASKS = blocks.length

let machine: TestHost
let config: Config
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  machine = await testHost()
  await silentReport.step('web client', (step) => buildWeb(step))
  // A server that starts ends the sandboxes of its installation that no session owns: so this one has its own.
  config = {
    ...machine.config,
    installation: `${machine.config.installation.slice(0, 15)}-e2e`,
    dataDir: mkdtempSync(join(tmpdir(), 'drydock-e2e-')),
    port: 0,
    logLevel: 'silent',
  }
  server = await startServer(config, machine.host)
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
  const left = describeSweep(await endSandboxes(config, machine.host, { keepCheckpoints: false }))
  rmSync(config.dataDir, { recursive: true, force: true })
  // The machine as it was submitted is kept, and nothing else.
  expect(left).toMatch(/^checkpoints [0-9a-f-]+$/)
})

/** The sandboxes of this installation that the host engine knows: their ids and those of their containers. */
async function sandboxes(): Promise<{ id: string; container: string }[]> {
  const containers = await machine.docker.listContainers({
    all: true,
    filters: { label: [`drydock.installation=${config.installation}`, 'drydock.sandbox'] },
  })
  return containers.map(({ Id, Labels }) => ({ id: Labels['drydock.sandbox'] ?? '', container: Id }))
}

/** Everything on the machine that bears the sandbox's ids: containers, mounts, loop devices, disks, cgroups. */
async function tracesOf({ id, container }: { id: string; container: string }): Promise<string[]> {
  const disks = readdirSync(join(config.hostDir, config.installation)).filter((name) => name === id)
  const found = ['/sys/fs/cgroup', '-type', 'd', '-name', `*${container}*`]
  const cgroups = execFileSync('find', found, { encoding: 'utf8' }).split('\n').filter(Boolean)
  return [...(await hostTraces(machine.docker, id)), ...disks, ...cgroups]
}

async function startLab(page: Page): Promise<void> {
  await page.goto(server.url)
  await page.getByRole('link', { name: TITLE, exact: true }).click()
  await page.getByRole('button', { name: /^Start/ }).click()
  await page.getByRole('tab', { name: 'Shell 1' }).waitFor()
  await page.getByRole('button', { name: 'Check all tasks' }).waitFor()
  await terminalOf(page).getByRole('textbox').focus()
  await typeLines(page, ['echo ready-$((6 * 7))'])
  await shows(page, 'ready-42')
}

async function endSession(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('button', { name: 'End session' }).click()
  await page.getByRole('button', { name: 'Start again' }).waitFor()
}

describe('a lab from start to end', () => {
  let page: Page

  beforeAll(async () => {
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await startLab(page)
  })

  test('shows what is wrong, and what was expected, before anything is done', async () => {
    const first = page.getByRole('region', { name: 'Task 1' })
    await first.getByRole('button', { name: 'Check', exact: true }).click()
    await first.getByText('Expected', { exact: true }).waitFor()
    await first.getByText('Observed', { exact: true }).waitFor()
    await page.getByRole('img', { name: `0 of ${TASKS} tasks passed` }).waitFor()
  })

  test('gives hints in their order, one at a time', async () => {
    const first = page.getByRole('region', { name: 'Task 1' })
    await first.getByRole('button', { name: 'Show a hint' }).click()
    await first.getByRole('heading', { name: 'Hint 1' }).waitFor()
    await first.getByRole('button', { name: 'Show another hint' }).click()
    await first.getByRole('heading', { name: 'Hint 2' }).waitFor()
    expect(await first.getByRole('list', { name: 'Hints taken' }).getByRole('heading').count()).toBe(2)
  })

  test('says kindly that there is nothing to pull from', async () => {
    await terminalOf(page).getByRole('textbox').focus()
    await typeLines(page, ['docker pull alpine'])
    await page.getByRole('status').filter({ hasText: 'nothing can be pulled' }).waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
  })

  test('turns green by itself, task by task, while the keys stay in the terminal', async () => {
    const keys = terminalOf(page).getByRole('textbox')
    await keys.focus()
    for (const [at, block] of blocks.entries()) {
      await typeLines(page, block)
      await page.getByRole('img', { name: `${at + 1} of ${TASKS} tasks passed` }).waitFor()
      await page
        .getByRole('status')
        .filter({ hasText: `Task ${at + 1} passed` })
        .waitFor({ state: 'attached' })
      expect(await keys.evaluate((element) => element === document.activeElement)).toBe(true)
    }
    await typeLines(page, ['echo solved-$((6 * 7))'])
    await shows(page, 'solved-42')
    await page.getByRole('heading', { name: 'What was shown' }).waitFor()
  })

  test('is still there after a reload, screen and verdicts', async () => {
    await page.reload()
    await page.getByRole('img', { name: `${TASKS} of ${TASKS} tasks passed` }).waitFor()
    await shows(page, 'solved-42')
    await terminalOf(page).getByRole('textbox').focus()
    await typeLines(page, ['echo alive-$((6 * 7))'])
    await shows(page, 'alive-42')
  })

  test('offers a new shell for one that has ended', async () => {
    await typeLines(page, ['exit 3'])
    await page.getByText('This shell has ended with exit code 3').waitFor()
    await page.getByRole('button', { name: 'New shell' }).click()
    await shows(page, 'student@')
    await typeLines(page, ['echo new-$((6 * 7))'])
    await shows(page, 'new-42')
  })

  test('says when what must hold does not hold any more, and when it does again', async () => {
    const last = page.getByRole('button', { name: new RegExp(`^${TASKS} `) })
    await typeLines(page, ['docker update --memory 120m --memory-swap 120m ok'])
    await page.getByRole('img', { name: `${TASKS - 1} of ${TASKS} tasks passed` }).waitFor()
    await last.getByText('Does not hold').waitFor()
    await typeLines(page, ['docker update --memory 128m --memory-swap 128m ok'])
    await page.getByRole('img', { name: `${TASKS} of ${TASKS} tasks passed` }).waitFor()
  })

  test('is set back to a checkpoint, and its shells open by themselves', async () => {
    await typeLines(page, ['echo kept > file && sync && echo saved-$((6 * 7))'])
    await shows(page, 'saved-42')
    await page.getByRole('button', { name: 'Checkpoints' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('here')
    await dialog.getByRole('button', { name: 'Save a checkpoint' }).click()
    await dialog.getByText('here', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await terminalOf(page).getByRole('textbox').focus()
    await typeLines(page, ['rm file && echo gone-$((6 * 7))'])
    await shows(page, 'gone-42')
    await page.getByRole('button', { name: 'Checkpoints' }).click()
    await dialog.getByRole('button', { name: 'Reset to here' }).click()
    await dialog.getByRole('button', { name: 'Set back' }).click()
    await page.getByRole('status').filter({ hasText: 'Your machine was set back' }).waitFor()
    await shows(page, 'student@')
    await terminalOf(page).getByRole('textbox').focus()
    await typeLines(page, ['echo $(cat file)-$((6 * 7))'])
    await shows(page, 'kept-42')
    await page.getByRole('img', { name: `${TASKS} of ${TASKS} tasks passed` }).waitFor()
  })

  test('is graded once it is submitted, and no sandbox is left', async () => {
    await page.getByRole('button', { name: 'Submit', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(`Task ${TASKS} is judged again`).waitFor()
    await dialog.getByRole('button', { name: 'Submit', exact: true }).click()
    await page.getByText(`${TASKS} of ${TASKS} points`, { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Start again', disabled: false }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download receipt' }).click(),
    ])
    const verified = verifyReceipt(readFileSync(await download.path(), 'utf8'))
    expect(verified).toMatchObject({ ok: true, receipt: { lab: { slug: 'oom-exit-137' } } })
    expect(await sandboxes()).toEqual([])
    await page.goto(server.url)
    await page.getByRole('img', { name: `${TASKS} of ${TASKS} tasks passed` }).waitFor()
    await page.close()
  })
})

describe('a connection that breaks', () => {
  let page: Page
  let connection: Connection

  beforeAll(async () => {
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    connection = await connectionOf(page)
    await startLab(page)
  })

  test('ends nothing, and every key arrives once', async () => {
    await terminalOf(page).getByRole('textbox').focus()
    await typeLines(page, ['export KEPT=yes'])
    await typeLines(page, ['echo first-$((6 * 7))'])
    await shows(page, 'first-42')

    // These reach the shell, but the page never learns it and must send them again.
    connection.loseAnswers()
    await typeLines(page, ['printf a >> keys'])
    await connection.cut()
    const lost = page.getByRole('status').filter({ hasText: 'Reconnecting, your shell is still running' })
    await lost.waitFor()
    // These are typed into nothing and must wait.
    await typeLines(page, ['printf b >> keys', 'echo $KEPT-$(cat keys)-$((6 * 7))'])
    connection.mend()
    await lost.waitFor({ state: 'detached' })
    await shows(page, 'yes-ab-42')
  })

  test('is started anew on a fresh machine in one click', async () => {
    const [before] = await sandboxes()
    await typeLines(page, ['touch was-here; echo made-$((6 * 7))'])
    await shows(page, 'made-42')
    await page.getByRole('button', { name: 'End', exact: true }).click()
    await page.getByRole('button', { name: 'Start anew' }).click()
    const ids = async () => (await sandboxes()).map(({ id }) => id)
    await expect
      .poll(async () => (await ids()).length === 1 && (await ids())[0] !== before?.id, { timeout: 20_000 })
      .toBe(true)
    await page.getByRole('button', { name: 'Check all tasks' }).waitFor()
    await terminalOf(page).getByRole('textbox').focus()
    await typeLines(page, ['ls was-here || echo fresh-$((6 * 7))'])
    await shows(page, 'fresh-42')
  })

  test('can be ended, which leaves nothing on the machine', async () => {
    const [sandbox, ...others] = await sandboxes()
    if (!sandbox) throw new Error('the session has no sandbox')
    expect(others).toEqual([])
    expect((await tracesOf(sandbox)).length).toBeGreaterThan(3)
    await endSession(page)
    await page.getByText('so it has no grade').waitFor()
    expect(await sandboxes()).toEqual([])
    expect(await tracesOf(sandbox)).toEqual([])
    await page.close()
  })
})
