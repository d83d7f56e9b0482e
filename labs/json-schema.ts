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

/** The fields that an object at this path may have, in any of its shapes. */
export function fieldsAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  const nodes = path.reduce<JsonSchema[]>(
    (found, step) => found.flatMap((node) => below(node, step, schema)),
    shapesOf(schema, schema),
  )
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))]
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
