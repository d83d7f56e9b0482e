import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { canonicalJson } from '../receipts/canonical-json.ts'
import { seal } from '../receipts/seal.ts'
import { openSigningKey } from '../receipts/signing-key.ts'
import { receiptBodyExample } from '../receipts/testing/example.ts'
import { receipt } from './receipt.ts'

const dir = mkdtempSync(join(tmpdir(), 'drydock-receipt-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const key = openSigningKey(join(dir, 'data'))
const file = join(dir, 'receipt.json')
writeFileSync(file, canonicalJson(seal(receiptBodyExample, key)))

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const code = await receipt({
    args,
    signal: new AbortController().signal,
    print: (line) => lines.push(line),
  })
  return { code, text: lines.join('\n') }
}

test('a receipt verifies on the installation that wrote it', async () => {
  vi.stubEnv('DRYDOCK_DATA_DIR', join(dir, 'data'))
  const { code, text } = await run('verify', file)
  expect(code).toBe(0)
  expect(text).toContain('1.5 of 2 points, 2 of 2 tasks passed, 2 hints taken')
  expect(text).not.toContain('Nothing here says')
})

test('elsewhere it verifies with the public key, and without one it is said what is not known', async () => {
  vi.stubEnv('DRYDOCK_DATA_DIR', join(dir, 'data'))
  const shown = await run('key')
  expect(shown.code).toBe(0)
  const keyFile = join(dir, 'public.pem')
  writeFileSync(keyFile, shown.text)
  vi.stubEnv('DRYDOCK_DATA_DIR', join(dir, 'elsewhere'))
  expect(await run('verify', file, '--key', keyFile)).toMatchObject({ code: 0 })
  expect(await run('verify', file)).toMatchObject({
    code: 0,
    text: expect.stringContaining('Nothing here says'),
  })
  expect((await run('key')).code).toBe(1)
})

test('a changed byte is named, and so is another installation', async () => {
  vi.stubEnv('DRYDOCK_DATA_DIR', join(dir, 'data'))
  const changed = join(dir, 'changed.json')
  writeFileSync(
    changed,
    canonicalJson(seal(receiptBodyExample, key)).replace('"observed":"web"', '"observed":"wec"'),
  )
  const { code, text } = await run('verify', changed)
  expect([code, text]).toEqual([1, expect.stringContaining('/tasks/0/verdicts/0 is not as it was sealed')])
  const other = join(dir, 'other.json')
  writeFileSync(other, canonicalJson(seal(receiptBodyExample, generateKeyPairSync('ed25519'))))
  expect((await run('verify', other)).text).toContain('/seal/key is the key of another installation')
})

test('what cannot be read is said, and a wrong call shows the usage', async () => {
  vi.stubEnv('DRYDOCK_DATA_DIR', join(dir, 'data'))
  await expect(run('verify', join(dir, 'none'))).rejects.toMatchObject({ code: 'file-unreadable' })
  await expect(run('verify', file, '--key', file)).rejects.toMatchObject({ code: 'file-unreadable' })
  const silent = vi.spyOn(console, 'error').mockImplementation(() => {})
  for (const args of [
    [],
    ['verify'],
    ['verify', 'a', 'b'],
    ['key', 'a'],
    ['sign'],
    ['verify', 'a', '--what'],
  ])
    expect((await run(...args)).code).toBe(2)
  silent.mockRestore()
})
