import type { Document, Node } from 'yaml'
import { isAlias, isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { describeIssues, type Written } from './issue-words.ts'
import type { LabProblem, Path } from './lab-problem.ts'
import { visible } from './visible.ts'

const MAX_DEPTH = 16

/** A YAML text that has passed a schema, and where each of its fields stands. */
export interface YamlFile<T> extends Written {
  value: T
}

export type YamlResult<T> = { ok: true; file: YamlFile<T> } | { ok: false; problems: LabProblem[] }

/**
 * Reads one YAML document without anchors, aliases, tags or merge keys, at most 16 levels deep,
 * and validates it. `file` is only named in problems.
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  file: string,
): YamlResult<z.infer<Schema>> {
  const lines = new LineCounter()
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const document = parse(text, lines)
  if (!document) return { ok: false, problems: [{ ...place(0), message: 'is nested too deeply to be read' }] }
  const fault = document.errors[0]
  if (fault) {
    const message =
      fault.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'is not valid YAML'
    return { ok: false, problems: [{ ...place(fault.pos[0]), message: visible(message) }] }
  }
  const refused = refusal(document)
  if (refused)
    return { ok: false, problems: [{ ...place(refused.node.range?.[0] ?? 0), message: refused.message }] }

  const problem = (path: Path, message: string): LabProblem => ({
    ...place(offsetOf(document, path)),
    field: visible(showPath(path)),
    message: visible(message),
  })
  const raw: unknown = document.toJS({ maxAliasCount: 0 })
  const at = (path: Path) => valueAt(raw, path)
  const parsed = schema.safeParse(raw)
  if (parsed.success) return { ok: true, file: { value: parsed.data, problem, at } }
  return { ok: false, problems: describeIssues(parsed.error.issues, schema, { problem, at }) }
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, uniqueKeys: true, version: '1.2', merge: false })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function refusal(document: Document.Parsed): { node: Node; message: string } | undefined {
  let found: { node: Node; message: string } | undefined
  visit(document, {
    Node(_key, node, ancestors) {
      const message = isAlias(node)
        ? 'aliases are not allowed'
        : node.anchor
          ? 'anchors are not allowed'
          : node.tag?.startsWith('!')
            ? 'tags are not allowed'
            : ancestors.length > 2 * MAX_DEPTH
              ? 'is nested too deeply'
              : undefined
      if (!message) return undefined
      found = { node, message }
      return visit.BREAK
    },
  })
  return found
}

/** Offset of the field itself, or of the nearest one above it that is there. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents
  let offset = (isNode(node) ? node.range?.[0] : undefined) ?? 0
  for (const step of path) {
    if (!isCollection(node)) break
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (!pair) break
      offset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset
      node = pair.value
    } else {
      node = node.items[Number(step)]
      offset = (isNode(node) ? node.range?.[0] : undefined) ?? offset
    }
  }
  return offset
}

function showPath(path: Path): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${String(step)}` : String(step),
    '',
  )
}
