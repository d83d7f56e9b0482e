import type { Check } from '../checks/check.ts'
import { type JsonSchema, toJsonSchema } from './json-schema.ts'
import { labFile } from './lab-schema.ts'

/** A use of a check in the parameters of another one: the same everywhere. */
const INSIDE = 'use-inside'

/**
 * lab.yaml as a JSON Schema for editors. The parameters of a check follow its name, also where checks hold checks; a name that
 * is none of `checks` may be one of the lab's own and is left to the loader.
 */
export function labJsonSchema(checks: ReadonlyMap<string, Check>): JsonSchema {
  const lab = toJsonSchema(labFile)
  for (const use of usesIn(lab)) nameChecks(use, checks)
  const definitions: Record<string, JsonSchema> = { ...lab.definitions }
  for (const check of checks.values()) {
    const name = `with-${check.name}`
    const { $schema: _, definitions: own, ...params } = moved(toJsonSchema(check.params), name)
    for (const use of [params, ...Object.values(own ?? {})].flatMap(usesIn)) {
      const inside = { ...use }
      nameChecks(inside, checks)
      definitions[INSIDE] = inside
      for (const key of Object.keys(use)) delete use[key]
      use.$ref = `#/definitions/${INSIDE}`
    }
    definitions[name] = { description: check.about, ...params }
    for (const [key, value] of Object.entries(own ?? {})) definitions[`${name}-${key}`] = value
  }
  return { ...lab, title: 'lab.yaml', definitions }
}

/** A schema as it must be to stand as a definition of that name in another one, its own definitions beside it. */
function moved(schema: JsonSchema, name: string): JsonSchema {
  const follow = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(follow)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [
        key,
        key === '$ref' && typeof value === 'string'
          ? value.replace(/^#(\/definitions\/)?/, (_, below) => `#/definitions/${name}${below ? '-' : ''}`)
          : follow(value),
      ]),
    )
  }
  return follow(schema) as JsonSchema
}

/** Every object in a schema that uses a check: it has the fields `use` and `with`. */
function usesIn(node: unknown): JsonSchema[] {
  if (typeof node !== 'object' || node === null) return []
  const below = Object.values(node).flatMap(usesIn)
  const { properties } = node as JsonSchema
  return properties?.use && properties.with ? [node as JsonSchema, ...below] : below
}

/** Makes one such object say which parameters and codes go with which check. */
function nameChecks(use: JsonSchema, checks: ReadonlyMap<string, Check>): void {
  const { properties = {} } = use
  const { description, ...name } = properties.use ?? {}
  const known = [...checks.values()]
  properties.use = {
    description,
    anyOf: [
      {
        enum: known.map((check) => check.name),
        description: known.map(({ name, about }) => `${name}: ${about}`).join('\n'),
      },
      { ...name, description: "A check of the lab's own checks.ts" },
    ],
  }
  use.allOf = known.map((check) => ({
    if: { properties: { use: { const: check.name } }, required: ['use'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
    then: {
      properties: {
        with: { $ref: `#/definitions/with-${check.name}` },
        ...(properties.codes ? { codes: codesOf(check) } : {}),
      },
      ...(needsParameters(check) ? { required: ['with'] } : {}),
    },
  }))
}

function codesOf({ codes, moreCodes }: Check): JsonSchema {
  const properties = Object.entries(codes).map(([code, description]) => [
    code,
    { type: 'string', description },
  ])
  // Those that parameters declare are known to the loader alone.
  const names = moreCodes ? {} : { propertyNames: { enum: Object.keys(codes) } }
  return { ...names, properties: Object.fromEntries(properties) }
}

function needsParameters({ params }: Check): boolean {
  return !params.safeParse({}).success
}
