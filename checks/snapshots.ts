import type { CheckContext, Snapshot } from './check.ts'
import { isSecretKey, type Mask, maskPairs, maskUnder } from './secrets.ts'

const KINDS = ['container', 'image', 'network', 'volume'] as const
type Kind = (typeof KINDS)[number]

/** Characters of JSON, about: of one object, and of all that one check got. A plain container has some 8,000. */
const MAX_OBJECT = 32 * 1024
const MAX_ALL = 128 * 1024
const MAX_COUNT = 30
const MAX_TEXT = 1_000
const MAX_ENTRIES = 200
const MAX_DEPTH = 12
/** Under these an entry is named by people: its name can be that of a secret. */
const NAMED_BY_PEOPLE = new Set(['Labels', 'BuildArgs', 'Options', 'DriverOpts', 'Env'])

/** The same context, and what the check got from it when it inspected something: bounded, with secrets masked by their key. */
export function watched(context: CheckContext): { context: CheckContext; taken: () => Snapshot[] } {
  const mask = maskUnder(context.seed)
  const taken: Snapshot[] = []
  let size = 0
  const take = (kind: Kind, ref: string, found: object | undefined) => {
    if (taken.length >= MAX_COUNT || size >= MAX_ALL) return
    const pruned = prune(found ?? null, mask, Math.min(MAX_OBJECT, MAX_ALL - size))
    const text = JSON.stringify(pruned.data)
    const same = taken.findLast((each) => each.kind === kind && each.ref === ref)
    if (same && JSON.stringify(same.data) === text) return
    size += text.length
    const name = ref.slice(0, MAX_TEXT)
    taken.push({ kind, ref: name, at: context.now(), data: pruned.data, ...(pruned.cut && { cut: true }) })
  }
  const engine = new Proxy(context.engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      const kind = KINDS.find((each) => each === name)
      if (!kind) return value.bind(target)
      return async (ref: string) => {
        const found = await target[kind](ref)
        take(kind, ref, found)
        return found
      }
    },
  })
  return { context: { ...context, engine }, taken: () => taken }
}

function prune(root: unknown, mask: Mask, budget: number): { data: unknown; cut: boolean } {
  let left = budget
  let cut = false
  const text = (value: string): string => {
    if (value.length > MAX_TEXT) cut = true
    const kept = value.slice(0, MAX_TEXT)
    left -= kept.length + 3
    return kept
  }
  const walk = (value: unknown, depth: number, under: string): unknown => {
    if (left <= 0 || depth > MAX_DEPTH) {
      cut = true
      return '…'
    }
    if (typeof value === 'string') return text(maskPairs(value, mask))
    if (typeof value !== 'object' || value === null) {
      left -= 6
      return value
    }
    if (Array.isArray(value)) {
      if (value.length > MAX_ENTRIES) cut = true
      return value.slice(0, MAX_ENTRIES).map((each) => walk(whole(each, under, mask), depth + 1, ''))
    }
    const entries = Object.entries(value)
    if (entries.length > MAX_ENTRIES) cut = true
    return Object.fromEntries(
      entries.slice(0, MAX_ENTRIES).map(([key, each]) => {
        const secret = NAMED_BY_PEOPLE.has(under) && isSecretKey(key) && typeof each === 'string' && each
        return [text(key), walk(secret ? mask(secret) : each, depth + 1, key)]
      }),
    )
  }
  return { data: walk(root, 0, ''), cut }
}

/** A variable of the environment may hold anything: the whole of its value is masked. */
function whole(value: unknown, under: string, mask: Mask): unknown {
  if (under !== 'Env' || typeof value !== 'string') return value
  const key = value.split('=', 1)[0] ?? ''
  return isSecretKey(key) && value.length > key.length + 1
    ? `${key}=${mask(value.slice(key.length + 1))}`
    : value
}
