import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endSandboxes } from '../../server/cli/end-sandboxes.ts'
import type { Config } from '../../server/config.ts'
import { silentReport } from '../../server/host/report.ts'
import { type TestHost, testHost } from '../../server/host/test-host.ts'
import { buildWeb } from '../../server/host/web-build.ts'
import { type RunningServer, startServer } from '../../server/main.ts'
import { openBrowser, shows, terminalOf, typeLines } from './browser.ts'

const LAB = `
title: A ship in a bottle
promise: Keep two boats
track: Foundations
order: 9
minutes: 5
level: start
model: A container is a process.
goals: [start a container]
images: ['busybox:1']
hint_cost: 0.25
tasks:
  - id: first
    title: Start boat
    weight: 2
    checks: [{ use: object_exists, with: { ref: boat } }]
    hints: [one, two]
  - id: second
    title: Start dinghy
    grading: must-hold
    checks: [{ use: object_exists, with: { ref: dinghy } }]
    hints: [one]
`
const files = {
  'lab.yaml': `${LAB}nonsense: [`,
  'brief.md': 'A story.',
  'afterword.md': 'What was shown.',
  'tasks/first.md': 'Start it.',
  'tasks/second.md': 'Start it.',
  'solutions/good/both.sh':
    '# passes: all\ndocker run --name boat busybox:1 true\ndocker run --name dinghy busybox:1 true\n',
}
const FOUND = 'Something was mounted here after the start of the sandbox.'

let course: string
let machine: TestHost
let config: Config
let server: RunningServer
let browser: Browser
let page: Page

beforeAll(async () => {
  machine = await testHost()
  await silentReport.step('web client', (step) => buildWeb(step))
  course = mkdtempSync(join(tmpdir(), 'drydock-course-'))
  for (const [name, text] of Object.entries(files)) write(name, text)
  config = {
    ...machine.config,
    installation: `${machine.config.installation.slice(0, 15)}-luck`,
    dataDir: mkdtempSync(join(tmpdir(), 'drydock-e2e-')),
    labsDirs: [course],
    port: 0,
    logLevel: 'silent',
  }
  server = await startServer(config, machine.host)
  browser = await openBrowser()
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await endSandboxes(config, machine.host, { keepCheckpoints: false })
  rmSync(config.dataDir, { recursive: true, force: true })
  rmSync(course, { recursive: true, force: true })
})

function write(name: string, text: string) {
  const file = join(course, 'bottle', name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const task = (n: number) => page.getByRole('region', { name: `Task ${n}`, exact: false })

async function typed(line: string, answer: string) {
  await terminalOf(page).getByRole('textbox').focus()
  await typeLines(page, [`${line}; echo ${answer}-$((6 * 7))`])
  await shows(page, `${answer}-42`)
}

test('a lab that cannot be read hides no other, and is there when it is mended, in the page that is open', async () => {
  await page.goto(server.url)
  const broken = page.getByRole('region', { name: 'Cannot be used' })
  await broken.getByText('bottle/lab.yaml:', { exact: false }).waitFor()
  await page.getByRole('link', { name: 'The kill nobody sent' }).waitFor()
  write('lab.yaml', LAB)
  await page.getByRole('link', { name: 'A ship in a bottle' }).waitFor()
  await broken.waitFor({ state: 'detached' })
})

test('the page of a lab that breaks says why it cannot be started, and takes that back when it is mended', async () => {
  await page.getByRole('link', { name: 'A ship in a bottle' }).click()
  await page.getByRole('button', { name: /^Start/ }).waitFor()
  write('lab.yaml', LAB.replace('minutes:', 'minuets:'))
  await expect.poll(async () => (await fetch(`${server.url}/api/labs/bottle`)).text()).toContain('minuets')
  await page.reload()
  const cannot = page.getByRole('alert').filter({ hasText: 'This lab cannot be started now' })
  await cannot.getByText('bottle/lab.yaml:', { exact: false }).first().waitFor()
  expect(await page.getByRole('button', { name: /^Start/ }).count()).toBe(0)
  write('lab.yaml', LAB)
  await page.getByRole('button', { name: /^Start/ }).waitFor()
  await page.getByRole('link', { name: 'Drydock' }).first().click()
})

test('a hint that costs says so before the start, before it is taken, and afterwards', async () => {
  await page.getByRole('link', { name: 'A ship in a bottle' }).click()
  await page.getByText('Each hint you take costs 25% of its task').waitFor()
  await page.getByRole('button', { name: /^Start/ }).click()
  await page.getByRole('button', { name: 'Check all tasks' }).waitFor()
  await shows(page, 'student@')
  await task(1).getByRole('button', { name: 'Show a hint costs 25%' }).click()
  await task(1).getByText("A hint takes 25% off this task's points.").waitFor()
  await task(1).getByRole('button', { name: 'Take the hint' }).click()
  await task(1).getByText("One hint takes 25% off this task's points.").waitFor()
})

test('a disk that is nearly full is said before writing fails, until there is room again', async () => {
  await typed('fallocate -l 3900M most', 'nearly')
  await page
    .getByText(/Your disk is 9\d% used\./)
    .first()
    .waitFor()
  await page.getByRole('alert').filter({ hasText: 'Your disk is 95% used.' }).waitFor()
  await typed('rm most', 'room')
  await page.getByText('When it is full,', { exact: false }).waitFor({ state: 'detached' })
})

test('a machine that is not as at its start is judged, and marked for a person without a word of blame', async () => {
  await typed('docker run --name boat busybox:1 true', 'boat')
  await page.getByRole('img', { name: '1 of 2 tasks passed' }).waitFor()
  await typed('cp /usr/bin/docker mine && sudo mount --bind mine /usr/bin/docker', 'mounted')
  await typed('docker run --name dinghy busybox:1 true', 'dinghy')
  await page.getByRole('img', { name: '2 of 2 tasks passed' }).waitFor()
  await page.getByRole('button', { name: /^2 / }).click()
  await task(2).getByText('The verdict counts; a person may look at it.').waitFor()
  await task(2).getByRole('button', { name: 'Evidence' }).click()
  const evidence = page.getByRole('tabpanel', { name: 'Evidence' })
  await evidence
    .getByRole('listitem')
    .filter({ hasText: `/usr/bin/docker ${FOUND}` })
    .waitFor()
})

test('what cannot be judged says why and what to do, and is submitted when it can', async () => {
  await typed('sudo pkill -STOP dockerd', 'stopped')
  await page.getByRole('button', { name: 'Submit', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Submit', exact: true }).click()
  const broken = dialog.getByRole('list', { name: 'Could not be judged' }).getByRole('listitem')
  await broken
    .filter({ hasText: 'Task 2: Start dinghy' })
    .getByText('did not answer')
    .waitFor({ timeout: 90_000 })
  await dialog.getByText('Nothing was submitted and nothing is lost.').waitFor()
  await dialog.getByRole('button', { name: 'Submit anyway' }).waitFor()
  await dialog.getByRole('button', { name: 'Keep working' }).click()
  await typed('sudo pkill -CONT dockerd', 'back')
  await page.getByRole('button', { name: 'Submit', exact: true }).first().click()
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('2.5 of 3 points', { exact: true }).waitFor({ timeout: 60_000 })
})

test('the grade shows what hints took off and what was seen of the machine, with the evidence', async () => {
  const grade = page.getByRole('region', { name: 'Your grade' })
  await grade.getByText('The grade counts; a person may look at it.').waitFor()
  await grade.getByRole('listitem').filter({ hasText: FOUND }).waitFor()
  await page.getByRole('button', { name: /^1 / }).click()
  await task(1).getByText('One hint took 0.5 off.').waitFor()
  await page.getByRole('button', { name: /^2 / }).click()
  await task(2).getByRole('button', { name: 'Evidence' }).click()
  const evidence = page.getByRole('dialog', { name: 'Evidence' })
  await evidence
    .getByRole('listitem')
    .filter({ hasText: `/usr/bin/docker ${FOUND}` })
    .waitFor()
  expect(await evidence.getByRole('cell', { name: 'container dinghy' }).count()).toBeGreaterThan(0)
})
