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

/** A value for people: text as it is, all else as JSON. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  return typeof value === 'string' ? value || 'nothing' : JSON.stringify(value)
}
