import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DrydockError } from '../errors.ts'

export interface SigningKey {
  privateKey: KeyObject
  publicKey: KeyObject
}

const FILE = 'receipt-key.pem'

/** The installation's Ed25519 key, made at the first call; its file is the owner's alone. Throws `signing-key-invalid`. */
export function openSigningKey(dataDir: string): SigningKey {
  const file = join(dataDir, FILE)
  const text = readKey(file) ?? makeKey(dataDir, file)
  return parseKey(text, file)
}

/** The public half (SPKI, DER, base64) of the key of this data directory, or undefined when it has none. Throws `signing-key-invalid`. */
export function publicKeyOf(dataDir: string): string | undefined {
  const file = join(dataDir, FILE)
  const text = readKey(file)
  return text === undefined ? undefined : exportKey(parseKey(text, file).publicKey)
}

export function exportKey(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw invalid(file, error)
  }
}

/** Written beside and linked into place: a half-written key is never read, and of two that begin at once one is kept. */
function makeKey(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ed25519')
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const beside = `${file}.${process.pid}`
  writeFileSync(beside, text, { mode: 0o600, flush: true })
  try {
    linkSync(beside, file)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw invalid(file, error)
    return readFileSync(file, 'utf8')
  } finally {
    rmSync(beside, { force: true })
  }
}

function parseKey(text: string, file: string): SigningKey {
  try {
    const privateKey = createPrivateKey(text)
    if (privateKey.asymmetricKeyType !== 'ed25519')
      throw new Error(`It is a key of type ${privateKey.asymmetricKeyType}.`)
    return { privateKey, publicKey: createPublicKey(privateKey) }
  } catch (error) {
    throw invalid(file, error)
  }
}

function invalid(file: string, cause: unknown): DrydockError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new DrydockError('signing-key-invalid', `${file} cannot be used: ${why}`, { cause })
}
