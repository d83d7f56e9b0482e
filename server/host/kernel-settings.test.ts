import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureKernelSettings, kernelSettings, readKernelSettings } from './kernel-settings.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drydock-sys-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const file = (name: string) => join(root, ...name.split('.'))
function given(values: Record<string, number>) {
  for (const [name, value] of Object.entries(values)) {
    mkdirSync(dirname(file(name)), { recursive: true })
    writeFileSync(file(name), `${value}\n`)
  }
}
async function ensure(): Promise<string> {
  let said = ''
  await ensureKernelSettings({ progress() {}, outcome: (text) => (said = text) }, root)
  return said
}

test('what is too low is raised, what is higher stays, and each change is a line', async () => {
  given({ 'kernel.pid_max': 32_768, 'fs.aio-max-nr': 99_999_999_999, 'dev.tty.legacy_tiocsti': 1 })
  const said = await ensure()
  expect(readFileSync(file('kernel.pid_max'), 'utf8').trim()).toBe('4194304')
  expect(readFileSync(file('fs.aio-max-nr'), 'utf8').trim()).toBe('99999999999')
  expect(readFileSync(file('dev.tty.legacy_tiocsti'), 'utf8').trim()).toBe('0')
  expect(said.split('\n').map((line) => line.trim())).toEqual([
    'kernel.pid_max 32768 -> 4194304',
    'dev.tty.legacy_tiocsti 1 -> 0',
  ])
  expect(await ensure()).toBe('as needed')
})

test('one that this kernel lacks is no fault', async () => {
  given({ 'kernel.pid_max': 4_194_304 })
  const seen = await readKernelSettings(root)
  expect(seen).toHaveLength(kernelSettings.length)
  expect(seen.every(({ ok }) => ok)).toBe(true)
})

test('one that cannot be set is told', async () => {
  mkdirSync(dirname(file('kernel.pid_max')), { recursive: true })
  // A number of the kernel that nobody can write, root neither.
  symlinkSync('/proc/sys/kernel/random/entropy_avail', file('kernel.pid_max'))
  expect(await ensure()).toMatch(/^kernel\.pid_max stays \d+, 4194304 is wanted$/)
})
