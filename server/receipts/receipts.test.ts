import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { fingerprint, seal, sha256 } from './seal.ts'
import { exportKey, openSigningKey, publicKeyOf } from './signing-key.ts'
import { receiptBodyExample as body, taskExample as task } from './testing/example.ts'
import { verifyReceipt } from './verify.ts'

const hash = sha256('any')
const key = generateKeyPairSync('ed25519')
const written = () => canonicalJson(seal(body, key))

function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-key-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** The receipt with something else at a path; without a value what is there is left out. */
function changed(path: (string | number)[], value?: unknown): string {
  const receipt = JSON.parse(written())
  const last = path.at(-1) as string | number
  const parent = path.slice(0, -1).reduce((node, step) => node[step], receipt)
  if (value === undefined) Reflect.deleteProperty(parent, last)
  else parent[last] = value
  return canonicalJson(receipt)
}

test('canonical JSON has one text, whatever the order in which a value was made', () => {
  expect(canonicalJson({ b: [1, 1e21, -0], a: { z: null, y: 'é\n"' }, gone: undefined })).toBe(
    '{"a":{"y":"é\\n\\"","z":null},"b":[1,1e+21,0]}',
  )
  expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError)
  expect(() => canonicalJson([undefined])).toThrow(TypeError)
})

test('a receipt as it was written verifies by itself, and with the key that sealed it', () => {
  const text = written()
  expect(verifyReceipt(text)).toMatchObject({ ok: true, receipt: { id: 'r1' } })
  expect(verifyReceipt(`${text}\n`, exportKey(key.publicKey))).toMatchObject({ ok: true })
})

describe('what was changed is named', () => {
  test.each<[string, (string | number)[], unknown, string]>([
    ['the grade', ['grade', 'points'], 2, '/grade'],
    ['the person', ['person', 'name'], 'Bob', '/person'],
    ['one verdict', ['tasks', 1, 'verdicts', 0, 'code'], 'nope', '/tasks/1/verdicts/0'],
    ['the evidence', ['tasks', 0, 'verdicts', 1, 'evidence', 0, 'observed'], 'w', '/tasks/0/verdicts/1'],
    ["a task's points", ['tasks', 0, 'points'], 0, '/tasks/0'],
    ['an answer', ['answers', 0, 'value'], 'other', '/answers/0'],
    ['tasks left out', ['tasks'], [task('one')], '/tasks'],
    ['a hash of the seal', ['seal', 'parts', '/grade'], hash, '/grade'],
    ['a hash of the seal left out', ['seal', 'parts', '/lab'], undefined, '/lab'],
    ['the signature', ['seal', 'signature'], Buffer.alloc(64).toString('base64'), '/seal'],
    ['the key', ['seal', 'key'], exportKey(generateKeyPairSync('ed25519').publicKey), '/seal'],
    ['what is no key', ['seal', 'key'], 'AAAA', '/seal'],
  ])('%s', (_name, path, value, part) => {
    const verified = verifyReceipt(changed(path, value))
    expect(verified).toMatchObject({ ok: false })
    if (!verified.ok) expect(verified.mismatches.map((each) => each.part)).toContain(part)
  })

  test('every single byte, whichever it is', () => {
    const bytes = Buffer.from(written())
    const step = Math.max(1, Math.floor(bytes.length / 400))
    for (let i = 0; i < bytes.length; i += step) {
      const copy = Buffer.from(bytes)
      copy[i] = (copy[i] ?? 0) ^ 1
      const verified = verifyReceipt(copy.toString('utf8'), exportKey(key.publicKey))
      expect(verified.ok, `byte ${i}: ${copy.subarray(Math.max(0, i - 20), i + 20)}`).toBe(false)
    }
  })

  test('spaces, order and keys given twice', () => {
    const text = written()
    for (const other of [JSON.stringify(JSON.parse(text), null, 1), text.replace('{', '{"id":"r0",')])
      expect(verifyReceipt(other)).toMatchObject({ ok: false, mismatches: [{ part: '' }] })
  })
})

test('a body sealed anew by another key is a receipt of another installation', () => {
  const forged = canonicalJson(seal({ ...body, grade: { points: 2, of: 2 } }, generateKeyPairSync('ed25519')))
  expect(verifyReceipt(forged)).toMatchObject({ ok: true })
  expect(verifyReceipt(forged, exportKey(key.publicKey))).toMatchObject({
    ok: false,
    mismatches: [{ part: '/seal/key' }],
  })
})

test.each([
  ['nothing', ''],
  ['half a file', '{"format":"drydock-receipt-1"'],
  ['another file', '{"name":"drydock"}'],
  ['a field too many', canonicalJson({ ...JSON.parse(canonicalJson(seal(body, key))), more: 1 })],
  ['a prototype', '{"__proto__":{"format":"drydock-receipt-1"}}'],
])('%s is no receipt, and it is said why', (_name, text) => {
  const verified = verifyReceipt(text)
  expect(verified.ok).toBe(false)
  if (!verified.ok) expect(verified.mismatches[0]?.why).toMatch(/not JSON|shape of a receipt/)
})

describe('the key of an installation', () => {
  test('is made once, is the same at the next start, and belongs to its owner alone', () => {
    const dir = dataDir()
    expect(publicKeyOf(dir)).toBeUndefined()
    const made = exportKey(openSigningKey(dir).publicKey)
    expect(exportKey(openSigningKey(dir).publicKey)).toBe(made)
    expect(publicKeyOf(dir)).toBe(made)
    expect(readdirSync(dir)).toEqual(['receipt-key.pem'])
    expect(statSync(join(dir, 'receipt-key.pem')).mode & 0o777).toBe(0o600)
    expect(fingerprint(made)).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/)
  })

  test.each([
    ['garbage', 'garbage'],
    [
      'of another kind',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
        type: 'pkcs8',
        format: 'pem',
      }) as string,
    ],
    ['empty', ''],
  ])('that is %s is refused and left as it is', (_name, text) => {
    const dir = dataDir()
    const file = join(dir, 'receipt-key.pem')
    writeFileSync(file, text)
    chmodSync(file, 0o600)
    expect(() => openSigningKey(dir)).toThrow(expect.objectContaining({ code: 'signing-key-invalid' }))
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})
