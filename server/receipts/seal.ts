import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Receipt, ReceiptBody, ReceiptSeal } from '../contract/receipt.ts'
import { canonicalJson } from './canonical-json.ts'

/** One part that does not match: its JSON pointer, and in plain words why. */
export interface Mismatch {
  part: string
  why: string
}

/** The body with its seal: a hash for each part, so that what was changed can be named, and one signature over all hashes. */
export function seal(body: ReceiptBody, key: { privateKey: KeyObject; publicKey: KeyObject }): Receipt {
  const parts = hashParts(body)
  return {
    ...body,
    seal: {
      parts,
      algorithm: 'Ed25519',
      key: key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      signature: sign(null, Buffer.from(canonicalJson(parts)), key.privateKey).toString('base64'),
    },
  }
}

/** All that does not match between a body and its seal; none when the receipt is as it was written. Whose key it is, is another question. */
export function checkSeal(body: ReceiptBody, given: ReceiptSeal): Mismatch[] {
  const now = hashParts(body)
  const found: Mismatch[] = []
  for (const part of new Set([...Object.keys(now), ...Object.keys(given.parts)])) {
    const sealed = Object.hasOwn(given.parts, part) ? given.parts[part] : undefined
    if (now[part] === sealed) continue
    if (now[part] === undefined) found.push({ part, why: 'was sealed and is not there' })
    else if (sealed === undefined) found.push({ part, why: 'was not sealed' })
    else found.push({ part, why: 'is not as it was sealed' })
  }
  if (!isSigned(given))
    found.push({ part: '/seal', why: 'the signature does not belong to these hashes and this key' })
  return found
}

/** Short name of a public key: the first 32 hex digits of its SHA-256, in groups of four. */
export function fingerprint(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex')
  return (digest.slice(0, 32).match(/.{4}/g) ?? []).join(' ')
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Each verdict, each task, each answer and finding is a part of its own, and so is every other field. */
function hashParts(body: ReceiptBody): Record<string, string> {
  const parts: Record<string, string> = {}
  for (const [name, value] of Object.entries(body)) {
    if (!Array.isArray(value)) {
      parts[`/${name}`] = sha256(canonicalJson(value))
      continue
    }
    parts[`/${name}`] = sha256(`${value.length} entries`)
    for (const [at, entry] of value.entries()) {
      const { verdicts = [], ...rest } = entry as { verdicts?: unknown[] }
      parts[`/${name}/${at}`] = sha256(canonicalJson({ ...rest, verdicts: verdicts.length }))
      for (const [index, verdict] of verdicts.entries())
        parts[`/${name}/${at}/verdicts/${index}`] = sha256(canonicalJson(verdict))
    }
  }
  return parts
}

function isSigned({ parts, key, signature }: ReceiptSeal): boolean {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
    const text = Buffer.from(canonicalJson(parts))
    return (
      publicKey.asymmetricKeyType === 'ed25519' &&
      verify(null, text, publicKey, Buffer.from(signature, 'base64'))
    )
  } catch {
    return false
  }
}
