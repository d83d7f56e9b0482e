import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { shows, terminalOf, typeLines } from '../../web/e2e/browser.ts'

const SOLUTION = join(import.meta.dirname, '../../labs/oom-exit-137/solutions/good/plain.sh')

/** The solution's commands as a person would type them: one block a task. */
const blocks = readFileSync(SOLUTION, 'utf8')
  .split('\n\n')
  .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith('#')))

/** Starts the lab in the page and types into its terminal. */
export async function startLab(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('link', { name: 'The kill nobody sent', exact: true }).click()
  await page.getByRole('button', { name: /^Start/ }).click()
  await page.getByRole('tab', { name: 'Shell 1' }).waitFor()
  await page.getByRole('button', { name: 'Check all tasks' }).waitFor()
  await typeInto(page, 'begun')
}

/** Types the solution, task by task; each turns green by itself. */
export async function solveLab(page: Page): Promise<void> {
  for (const [at, block] of blocks.entries()) {
    await typeLines(page, block)
    await page.getByRole('img', { name: `${at + 1} of ${blocks.length} tasks passed` }).waitFor()
  }
  await typeLines(page, ['echo kept > kept && sync'])
}

/** Opens a shell in the place of one that ended with what it ran in, as soon as the machine is back. */
export async function openShell(page: Page): Promise<void> {
  const fresh = page.getByRole('button', { name: 'New shell', exact: true })
  await fresh.click({ timeout: 60_000 })
  await fresh.waitFor({ state: 'hidden' })
  const prompt = terminalOf(page).locator('.xterm-rows > div').filter({ hasText: 'student@' }).first()
  const again = page.getByRole('button', { name: 'Try again' })
  for (;;) {
    await prompt.or(again).first().waitFor({ timeout: 60_000 })
    if (await prompt.isVisible()) break
    await again.click()
    await again.waitFor({ state: 'hidden' })
  }
  await typeInto(page, 'again')
}

/** That the machine has its files and containers, and the lab its verdicts. */
export async function seeLab(page: Page): Promise<void> {
  await typeLines(page, ['cat kept && docker ps -a --format "{{.Names}}"'])
  await shows(page, 'finished')
  await page.getByRole('img', { name: /^[34] of 4 tasks passed$/ }).waitFor()
}

export async function endLab(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('button', { name: 'End session' }).click()
  await page.getByRole('button', { name: 'Start again' }).waitFor()
}

async function typeInto(page: Page, word: string): Promise<void> {
  await terminalOf(page).getByRole('textbox').focus()
  await typeLines(page, [`echo ${word}-$((6 * 7))`])
  await shows(page, `${word}-42`)
}
