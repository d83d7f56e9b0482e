import { type Receipt, receipt as receiptShape } from '../contract/receipt.ts'
import { canonicalJson } from './canonical-json.ts'
import { checkSeal, type Mismatch } from './seal.ts'

export type Verified = { ok: true; receipt: Receipt } | { ok: false; mismatches: Mismatch[] }

/** A receipt is a few hundred kilobytes; what a verdict rests on is at most 1 MB for each check. */
export const MAX_RECEIPT_BYTES = 64 * 1024 * 1024

/**
 * Whether the text is a receipt as this project writes it and as it was sealed, by nothing but the text itself.
 * With `publicKey` (SPKI, DER, base64) also whether that key sealed it. Every byte counts: a receipt has one text only.
 */
export function verifyReceipt(text: string, publicKey?: string): Verified {
  const refuse = (part: string, why: string): Verified => ({ ok: false, mismatches: [{ part, why }] })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return refuse('', `is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}`)
  }
  const parsed = receiptShape.safeParse(value)
  if (!parsed.success) {
    const mismatches = parsed.error.issues.slice(0, 20).map(({ path, message }) => ({
      part: path.map((step) => `/${String(step)}`).join(''),
      why: `has not the shape of a receipt: ${message}`,
    }))
    return { ok: false, mismatches }
  }
  const { seal, ...body } = parsed.data
  const mismatches = checkSeal(body, seal)
  if (publicKey !== undefined && seal.key !== publicKey)
    mismatches.push({ part: '/seal/key', why: 'is the key of another installation' })
  if (mismatches.length === 0 && text.trimEnd() !== canonicalJson(parsed.data))
    mismatches.push({
      part: '',
      why: 'is not written in the one form of a receipt: spaces, order or double keys were changed',
    })
  return mismatches.length > 0 ? { ok: false, mismatches } : { ok: true, receipt: parsed.data }
}
