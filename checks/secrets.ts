import { createHmac } from 'node:crypto'
import type { Outcome } from './verdict.ts'

/** A value as it may be shown: `***` and six digits that are equal for equal values. */
export type Mask = (value: string) => string

const SECRET_KEY = /passw(or)?d|passphrase|secret|token|key|credential/i
const MASKED = /^\*\*\*/

/** `seed`: the session's, so that masks of two students cannot be compared. Without one equality is not shown. */
export function maskUnder(seed: string | undefined): Mask {
  if (seed === undefined) return () => '***'
  return (value) => `***${createHmac('sha256', seed).update(value).digest('hex').slice(0, 6)}`
}

/** Whether what stands under this name (of a variable, label, build argument) is nobody's business. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key)
}

/** The text with the values in `KEY=value` masked, where the key is that of a secret; in a list as JSON up to the closing quote. */
export function maskPairs(text: string, mask: Mask): string {
  const hide = (all: string, key: string, value: string, end = '') =>
    isSecretKey(key) && value !== '' && !MASKED.test(value)
      ? `${all.startsWith('"') ? '"' : ''}${key}=${mask(value)}${end}`
      : all
  return text
    .replace(/"([A-Za-z_][\w.-]*)=((?:[^"\\]|\\.)*)(")/g, hide)
    .replace(/(?<![\w"])([A-Za-z_][\w.-]*)=([^\s"',]+)/g, (all, key, value) => hide(all, key, value))
}

/** The outcome without values of secrets: those in `KEY=value`, and those of a field whose own name is that of a secret. */
export function maskOutcome(outcome: Outcome, mask: Mask): Outcome {
  const values = outcome.evidence.flatMap(({ source, observed }) => {
    const field = / · .*?([^.\s]+)$/.exec(source)?.[1]
    return field !== undefined && isSecretKey(field) && observed.length >= MIN_VALUE ? [observed] : []
  })
  const clean = (text: string) =>
    values.reduce((rest, value) => rest.replaceAll(value, mask(value)), maskPairs(text, mask))
  const evidence = outcome.evidence.map(({ expected, observed, source }) => ({
    expected: clean(expected),
    observed: clean(observed),
    source: clean(source),
  }))
  return { ...outcome, message: clean(outcome.message), evidence }
}

/** Shorter ones would be replaced where they mean something else. */
const MIN_VALUE = 3
