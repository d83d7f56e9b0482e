import { stringify } from 'yaml'
import type { Check } from '../checks/check.ts'
import { type JsonSchema, toJsonSchema, wordsOf } from './json-schema.ts'

const MAX_DEPTH = 5

const head = `# Checks

What a task of a lab can ask. This page is made from the checks themselves: \`npm run drydock -- labs reference\` writes it anew.

A task in \`lab.yaml\` lists uses of checks. Each names a check, its parameters under \`with\`, and, where the lab has words of its own, \`codes\` (the check's code to the task's) and \`messages\` (what the student reads, by the task's code; \`{expected}\` and \`{observed}\` are those of the first evidence). A task is passed when all of its checks are. A check that could not be judged is \`broken\`: that is never the student's fault, and no code of a table below.

Where a field has several forms, each meaning begins with the words that choose it: with \`kind: ip\`, \`answer\` takes the fields whose meaning names \`ip\`, those without such a word, and no others.

A use may hold others: see \`all\`, \`any\`, \`not\`, \`sequence\` and \`within\`. At most 20 in all, at most 4 deep.

## Checks of a lab's own

Where these do not suffice, a \`checks.ts\` beside \`lab.yaml\` brings checks for that lab alone. It runs in the server, with all that the server may do: take labs only from people whom you would let change the server. It imports types only; what it needs is handed to its default export, so a course may lie anywhere on the disk. Names begin with \`lab_\`.

\`\`\`ts
import type { LabChecks } from '../../checks/own-checks.ts'

const make: LabChecks = ({ z, defineCheck, concernsContainer, noContainer, notYet, passed }) => [
  defineCheck({
    name: 'lab_labelled',
    about: 'A container bears a label.',
    params: z.strictObject({ container: z.string(), label: z.string() }),
    codes: { 'object-missing': 'There is no such container.', 'label-missing': 'It bears no such label.' },
    async gather({ engine }, { container }) {
      const found = await engine.container(container)
      return { labels: found ? Object.keys((found.Config.Labels as object | undefined) ?? {}) : null }
    },
    judge({ labels }: { labels: string[] | null }, { container, label }) {
      if (labels === null) return noContainer(container)
      const source = \`container \${container} · Config.Labels\`
      const evidence = [{ expected: label, observed: labels.join(', ') || 'none', source }]
      return labels.includes(label)
        ? passed(\`\\\`\${container}\\\` is labelled.\`, evidence)
        : notYet('label-missing', \`\\\`\${container}\\\` bears no label \${label}.\`, evidence)
    },
    affectedBy: (event, { container }) => concernsContainer(event, container),
  }),
]
export default make
\`\`\`

\`gather\` does all the asking and may fail; what it answers is kept as JSON. \`judge\` is pure, so that the verdict can be given again a year later, and must not pass where it could not see. \`affectedBy\` says which events may change the answer.
`

/** The page on all checks, in Markdown. */
export function checksReference(checks: ReadonlyMap<string, Check>): string {
  const list = [...checks.values()].sort((a, b) => a.name.localeCompare(b.name))
  const contents = list.map(({ name, about }) => `| [\`${name}\`](#${name}) | ${cell(about)} |`)
  const table = ['## All checks', '', '| check | what it asks |', '| --- | --- |', ...contents].join('\n')
  return `${[head, table, ...list.map(section)].join('\n\n').replaceAll(/\n{3,}/g, '\n\n')}\n`
}

function section(check: Check): string {
  const { name, about, codes, moreCodes, example } = check
  const rows = flatten(toJsonSchema(check.params), '', 0).map(
    ({ path, type, fallback, meanings }) =>
      `| \`${path}\` | ${cell(type)} | ${cell(fallback)} | ${cell(meanings.map(inWords).join('; '))} |`,
  )
  const answers = Object.entries(codes).map(([code, meaning]) => `| \`${code}\` | ${cell(meaning)} |`)
  return [
    `## ${name}`,
    '',
    about,
    ...(example
      ? ['', example.says, '', '```yaml', stringify([{ use: name, with: example.with }]).trimEnd(), '```']
      : []),
    '',
    '| parameter | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    `| code${moreCodes ? ', beside those that it declares' : ''} | meaning |`,
    '| --- | --- |',
    ...answers,
    ...(check.hasMoment ? ['', 'Says when it happened: can stand in `sequence` and `within`.'] : []),
  ].join('\n')
}

interface Row {
  path: string
  type: string
  fallback: string
  meanings: Meaning[]
}

interface Meaning {
  about: string
  /** The words of the field beside it that ask for a shape in which it means this; none where it always does. */
  kinds: string[]
}

/** A row for each field, those of objects inside below their own. */
function flatten(node: JsonSchema, path: string, depth: number, required = false): Row[] {
  if (depth > MAX_DEPTH) return []
  const row: Row = {
    path,
    type: typeOf(node),
    fallback: 'default' in node ? code(JSON.stringify(node.default)) : required ? 'must be given' : 'none',
    meanings: [{ about: node.description ?? '', kinds: [] }],
  }
  const inner = [node, ...listed(node).map((each) => ({ ...each, list: true }))]
  const below = inner.flatMap((each) => {
    const base = each === node ? path : `${path}[]`
    const shapes = each.properties ? [each] : (each.anyOf ?? each.oneOf ?? []).flatMap(withFields)
    const kind = kindOf(shapes)
    const rows = shapes.flatMap((shape) =>
      Object.entries(shape.properties ?? {}).flatMap(([key, child]) =>
        flatten(child, base ? `${base}.${key}` : key, depth + 1, isRequired(shape, key)).map((row, at) =>
          at === 0 ? withKind(row, kind, shape, key, shapes) : row,
        ),
      ),
    )
    return merged(rows)
  })
  return path === '' ? below : [row, ...below]
}

/** The field by whose fixed word the shapes are told apart. */
function kindOf(shapes: JsonSchema[]): string | undefined {
  if (shapes.length < 2) return undefined
  const [first] = shapes
  return Object.keys(first?.properties ?? {}).find((key) =>
    shapes.every((shape) => isRequired(shape, key) && wordsOf(shape.properties?.[key])),
  )
}

/** What a row of one of several shapes means, with the words that ask for this shape; a field that all shapes have alike needs none. */
function withKind(
  row: Row,
  kind: string | undefined,
  shape: JsonSchema,
  key: string,
  shapes: JsonSchema[],
): Row {
  if (kind === undefined) return row
  const same = ({ properties }: JsonSchema) =>
    properties?.[key]?.description === shape.properties?.[key]?.description
  if (key !== kind && shapes.every((each) => Object.hasOwn(each.properties ?? {}, key) && same(each)))
    return row
  const words = (wordsOf(shape.properties?.[kind]) ?? []).map(String)
  return { ...row, meanings: row.meanings.map(({ about }) => ({ about, kinds: words })) }
}

function isRequired(shape: JsonSchema, key: string): boolean {
  return Array.isArray(shape.required) && shape.required.includes(key)
}

function listed(node: JsonSchema): JsonSchema[] {
  const shapes = [node, ...(node.anyOf ?? [])]
  return shapes.flatMap(({ items }) => (typeof items === 'object' && !Array.isArray(items) ? [items] : []))
}

function withFields(shape: JsonSchema): JsonSchema[] {
  return shape.properties ? [shape] : (shape.anyOf ?? shape.oneOf ?? []).flatMap(withFields)
}

/** Fields that several shapes have are one row: their types joined, and each meaning with the words that ask for it. */
function merged(rows: Row[]): Row[] {
  const by = new Map<string, Row>()
  for (const row of rows) {
    const before = by.get(row.path)
    if (!before) {
      by.set(row.path, { ...row })
      continue
    }
    const join = (a: string, b: string, between: string) =>
      a === b || b === '' || a.split(between).includes(b) ? a : a === '' ? b : `${a}${between}${b}`
    before.type = join(before.type, row.type, ' or ')
    before.meanings = joined([...before.meanings, ...row.meanings])
    if (row.fallback === 'none') before.fallback = row.fallback
  }
  return [...by.values()]
}

/** Each meaning once, with all words that ask for it. */
function joined(meanings: Meaning[]): Meaning[] {
  const by = new Map<string, Set<string>>()
  for (const { about, kinds } of meanings) by.set(about, new Set([...(by.get(about) ?? []), ...kinds]))
  return [...by]
    .map(([about, kinds]) => ({ about, kinds: [...kinds] }))
    .filter(({ about, kinds }) => about !== '' || kinds.length > 0 || by.size === 1)
}

/** `ip`: The address of a container. */
function inWords({ about, kinds }: Meaning): string {
  return [kinds.map(code).join(', '), about].filter((each) => each !== '').join(': ')
}

function typeOf(node: JsonSchema): string {
  if (node.const !== undefined) return code(String(node.const))
  if (node.enum) return node.enum.map((each) => code(String(each))).join(', ')
  const shapes = node.anyOf ?? node.oneOf
  if (shapes) return [...new Set(shapes.map(typeOf))].join(' or ')
  if (node.type === 'array') {
    const [item] = listed(node)
    return item ? `list of ${typeOf(item)}` : 'list'
  }
  if (node.type === 'object') return node.properties ? 'fields' : 'names with values'
  const names: Record<string, string> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
    null: 'null',
  }
  const range = [node.minimum, node.maximum].map((each) =>
    typeof each === 'number' && Math.abs(each) < 2 ** 53 - 1 ? each : undefined,
  )
  const bounds =
    range[0] !== undefined && range[1] !== undefined
      ? `, ${range[0]} to ${range[1]}`
      : range[0] !== undefined
        ? `, from ${range[0]}`
        : range[1] !== undefined
          ? `, up to ${range[1]}`
          : ''
  return `${names[String(node.type)] ?? 'any value'}${bounds}`
}

function code(text: string): string {
  return `\`${text}\``
}

/** In one cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}
