import { z } from 'zod'
import type { EngineView } from './engine-view.ts'

export const objectKind = z.enum(['container', 'image', 'network', 'volume'])
export type ObjectKind = z.infer<typeof objectKind>

/** The object of that kind and exact name, or undefined. */
export function inspect(engine: EngineView, kind: ObjectKind, ref: string): Promise<object | undefined> {
  return engine[kind](ref)
}

/** The value at a path, own properties only; `found` is false where the path ends early. */
export function valueAt(root: unknown, path: readonly string[]): { found: boolean; value: unknown } {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      return { found: false, value: undefined }
    value = (value as Record<string, unknown>)[key]
  }
  return { found: true, value }
}

const MIB = 1024 * 1024

/** A value for people: text as it is, whole mebibytes also as such, ids of images short, all else as JSON. */
export function show(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing'
  if (typeof value === 'number' && value >= MIB && value % MIB === 0) return `${value} (${value / MIB} MiB)`
  if (typeof value === 'string') return value.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1')
  return JSON.stringify(value)
}
