import { type Browser, chromium, type Page } from 'playwright-core'

/** Debian's Chromium; when it is not there the test fails. */
const CHROMIUM = '/usr/bin/chromium'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** Without WebGL xterm draws with the DOM, so that what a terminal shows can be read from the page. */
const DOM_TERMINALS = '--disable-3d-apis'

export const openBrowser = (executablePath = CHROMIUM, args: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath, headless: true, args: [...QUIET, DOM_TERMINALS, ...args] })

/** The terminal that is shown. */
export const terminalOf = (page: Page) => page.getByRole('tabpanel', { name: /^Shell \d+/ })

/** What the shown terminal shows, a line a row, spaces at the ends of lines removed. */
async function screenOf(page: Page): Promise<string> {
  const rows = await terminalOf(page).locator('.xterm-rows > div').allInnerTexts()
  return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n')
}

/** Resolves once the shown terminal shows `text`. */
export async function shows(page: Page, text: string, timeout = 30_000): Promise<void> {
  await terminalOf(page)
    .locator('.xterm-rows > div')
    .filter({ hasText: text })
    .first()
    .waitFor({ timeout })
    .catch(async (error: Error) => {
      throw new Error(`The terminal does not show “${text}” but:\n${await screenOf(page)}`, { cause: error })
    })
}

/** Types lines into whatever has the focus, each with Enter. */
export async function typeLines(page: Page, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    await page.keyboard.type(line)
    await page.keyboard.press('Enter')
  }
}
