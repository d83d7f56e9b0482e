import { z } from 'zod'

/** As much of a JSON Schema as is read here. */
export interface JsonSchema {
  type?: string | string[]
  description?: string
  properties?: Record<string, JsonSchema>
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema | JsonSchema[] | boolean
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  $ref?: string
  definitions?: Record<string, JsonSchema>
  [other: string]: unknown
}

/** What an author may write, in the dialect that editors know best. What JSON Schema cannot say is left open. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as JsonSchema
}

/** The fields that an object at this path may have, in any of its shapes that `written` can be: `kind: ip` leaves out those of other kinds. */
export function fieldsAt(
  schema: JsonSchema,
  path: readonly PropertyKey[],
  written: unknown = undefined,
): string[] {
  const nodes = path.reduce<JsonSchema[]>(
    (found, step) => found.flatMap((node) => below(node, step, schema)),
    shapesOf(schema, schema),
  )
  const shapes = nodes.filter((node) => canBe(node, written))
  return [...new Set(shapes.flatMap((node) => Object.keys(node.properties ?? {})))]
}

/** False where the text has another fixed word than this shape asks for. */
function canBe({ properties = {} }: JsonSchema, written: unknown): boolean {
  if (typeof written !== 'object' || written === null) return true
  return Object.entries(written).every(([key, value]) => {
    const words = Object.hasOwn(properties, key) ? wordsOf(properties[key]) : undefined
    return words === undefined || words.includes(value)
  })
}

/** The fixed words of a field; undefined when it takes others. */
export function wordsOf(field: JsonSchema | undefined): unknown[] | undefined {
  return field?.const !== undefined ? [field.const] : field?.enum
}

function below(node: JsonSchema, step: PropertyKey, root: JsonSchema): JsonSchema[] {
  const { properties, additionalProperties, items } = node
  const next =
    typeof step === 'number'
      ? Array.isArray(items)
        ? items[step]
        : items
      : ((properties && Object.hasOwn(properties, step) ? properties[String(step)] : undefined) ??
        additionalProperties)
  return typeof next === 'object' && !Array.isArray(next) ? shapesOf(next, root) : []
}

/** The node itself and all that it may be instead. */
function shapesOf(node: JsonSchema, root: JsonSchema, depth = 0): JsonSchema[] {
  if (depth > 8) return []
  const name = node.$ref?.replace('#/definitions/', '')
  const referred = name === undefined ? undefined : name === '#' ? root : root.definitions?.[name]
  const others = [
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
    ...(node.allOf ?? []),
    ...(referred ? [referred] : []),
  ]
  return [node, ...others.flatMap((each) => shapesOf(each, root, depth + 1))]
}
