import type { Document, Node } from 'yaml'
import { isAlias, isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'

/** One thing wrong in a lab. `line` counts from 1; `field` is a path such as `tasks[1].checks[0].use`. */
export interface LabProblem {
  /** Relative to the labs folder. */
  file: string
  line?: number
  field?: string
  message: string
}

export type Path = readonly PropertyKey[]

const MAX_DEPTH = 16

/** A YAML text that has passed a schema, and where each of its fields stands. */
export interface YamlFile<T> {
  value: T
  problem(path: Path, message: string): LabProblem
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
  const at = (offset: number) => lines.linePos(offset).line
  const document = parse(text, lines)
  if (!document) return { ok: false, problems: [{ file, message: 'is nested too deeply to be read' }] }
  const fault = document.errors[0]
  if (fault) {
    const message =
      fault.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'is not valid YAML'
    return { ok: false, problems: [{ file, line: at(fault.pos[0]), message }] }
  }
  const refused = refusal(document)
  if (refused)
    return {
      ok: false,
      problems: [{ file, line: at(refused.node.range?.[0] ?? 0), message: refused.message }],
    }

  const problem = (path: Path, message: string): LabProblem => {
    const offset = offsetOf(document, path)
    return { file, ...(offset === undefined ? {} : { line: at(offset) }), field: showPath(path), message }
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }))
  if (parsed.success) return { ok: true, file: { value: parsed.data, problem } }
  return {
    ok: false,
    problems: parsed.error.issues.slice(0, 20).flatMap((issue) => describe(issue, problem)),
  }
}

/** The problems of one zod issue, below `base` in the same file. */
export function describe(
  issue: z.core.$ZodIssue,
  problem: (path: Path, message: string) => LabProblem,
  base: Path = [],
): LabProblem[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => problem([...path, key], 'is not a field here'))
  return [problem(path, issue.message)]
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
function offsetOf(document: Document.Parsed, path: Path): number | undefined {
  let node: unknown = document.contents
  let offset = isNode(node) ? node.range?.[0] : undefined
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
