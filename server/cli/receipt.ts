import { createPublicKey } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { loadConfig } from '../config.ts'
import { DrydockError } from '../errors.ts'
import { fingerprint } from '../receipts/seal.ts'
import { exportKey, publicKeyOf } from '../receipts/signing-key.ts'
import { MAX_RECEIPT_BYTES, verifyReceipt } from '../receipts/verify.ts'
import type { Command } from './command.ts'

const usage = 'usage: receipt verify FILE [--key PUBLIC.pem] | receipt key'

/** `receipt verify` checks a receipt by its file alone, `receipt key` prints this installation's public key. Exit code 1: it does not match, 2: called wrongly. */
export const receipt: Command = async ({ args, print }) => {
  const { values, positionals } = readArgs(args)
  const [what, file, ...more] = positionals
  if (what === 'verify' && file !== undefined && more.length === 0)
    return await verify(file, values.key, print)
  if (what === 'key' && file === undefined && values.key === undefined) return showKey(print)
  console.error(usage)
  return 2
}

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { key: { type: 'string' } }, allowPositionals: true })
  } catch {
    return { values: { key: undefined }, positionals: [] }
  }
}

async function verify(
  file: string,
  keyFile: string | undefined,
  print: (line: string) => void,
): Promise<number> {
  const known = keyFile === undefined ? publicKeyOf(loadConfig().dataDir) : await readPublicKey(keyFile)
  const text = await readBounded(file)
  if (text === undefined) {
    print(`${file} is larger than any receipt: ${MAX_RECEIPT_BYTES / 1024 / 1024} MiB at most.`)
    return 1
  }
  const verified = verifyReceipt(text, known)
  if (!verified.ok) {
    print(`${file} does not hold:`)
    for (const { part, why } of verified.mismatches) print(`  ${part || 'the file'} ${why}`)
    return 1
  }
  const { person, lab, session, grade, tasks, tamper, seal } = verified.receipt
  print(`${file} is as it was written.`)
  print(`  ${person.name} (${person.id}), ${lab.title}, submitted ${session.submittedAt}`)
  const passed = tasks.filter((task) => task.passed).length
  const hints = tasks.reduce((sum, task) => sum + task.hints.length, 0)
  const taken = hints === 0 ? '' : hints === 1 ? ', one hint taken' : `, ${hints} hints taken`
  print(`  ${grade.points} of ${grade.of} points, ${passed} of ${tasks.length} tasks passed${taken}`)
  const seen = z.object({ findings: z.array(z.unknown()) }).safeParse(tamper)
  if (seen.success && seen.data.findings.length > 0)
    print(
      `  The machine was not as at its start in ${seen.data.findings.length === 1 ? 'one way' : `${seen.data.findings.length} ways`}; see /tamper. That is for a person to judge.`,
    )
  print(`  signed by key ${fingerprint(seal.key)}`)
  if (known === undefined)
    print(
      '  Nothing here says whose key that is: compare it with what `receipt key` prints on the installation, or give --key.',
    )
  return 0
}

function showKey(print: (line: string) => void): number {
  const { dataDir } = loadConfig()
  const key = publicKeyOf(dataDir)
  if (key === undefined) {
    print(`There is no key in ${dataDir} yet: the server makes it at its first start.`)
    return 1
  }
  const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
  print((publicKey.export({ type: 'spki', format: 'pem' }) as string).trimEnd())
  print(`fingerprint ${fingerprint(key)}`)
  return 0
}

/** A public key in PEM, also with the line that `receipt key` prints below it. */
async function readPublicKey(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8')
    return exportKey(
      createPublicKey(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/.exec(text)?.[0] ?? ''),
    )
  } catch (cause) {
    throw new DrydockError('file-unreadable', `${file} is no public key in PEM`, { cause })
  }
}

/** The file's text, or undefined when it is larger than any receipt. */
async function readBounded(file: string): Promise<string | undefined> {
  const handle = await open(file).catch((cause: Error) => {
    throw new DrydockError('file-unreadable', `${file}: ${cause.message}`, { cause })
  })
  try {
    const { size } = await handle.stat()
    return size > MAX_RECEIPT_BYTES ? undefined : await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}
