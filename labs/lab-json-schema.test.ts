import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Check } from '../checks/check.ts'
import { passed } from '../checks/outcome.ts'
import { checks } from '../checks/registry.ts'
import { schemaText } from '../server/cli/labs/schema.ts'
import type { JsonSchema } from './json-schema.ts'
import { labJsonSchema } from './lab-json-schema.ts'

const validator = (schema: JsonSchema) => new Ajv({ strict: false, allErrors: true }).compile(schema)
const schema = labJsonSchema(checks)
const validate = validator(schema)

async function labYaml(slug: string): Promise<string> {
  return await readFile(join(import.meta.dirname, slug, 'lab.yaml'), 'utf8')
}

test('the schema in the repository is that of the code', async () => {
  const stored = await readFile(join(import.meta.dirname, 'lab.schema.json'), 'utf8')
  expect(stored === schemaText(), 'stale: run npm run drydock -- labs schema').toBe(true)
})

test('every lab names the schema in its first line and agrees with it', async () => {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true })
  const slugs = entries
    .filter((entry) => entry.isDirectory() && entry.name.includes('-'))
    .map(({ name }) => name)
  expect(slugs).toContain('pid1-signals')
  for (const slug of slugs) {
    const text = await labYaml(slug)
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../lab.schema.json')
    validate(parse(text))
    expect(validate.errors).toBeNull()
  }
})

test.each([
  ['a field that is not one', 'level: start', 'levle: start'],
  ['a wrong kind of value', 'minutes: 25', 'minutes: soon'],
  ['a parameter that the check has not', 'path: Image, image', 'paht: Image, image'],
  ['a parameter of the wrong kind', 'max_ms: 2000', 'max_ms: soon'],
  ['a code that the check has not', 'answer-wrong: stop-misread', 'answer-worng: stop-misread'],
  ['a kind of answer that is not there', 'kind: pid1', 'kind: pid2'],
])('editors see %s', async (_what, right, wrong) => {
  const text = await labYaml('pid1-signals')
  expect(text).toContain(right)
  expect(validate(parse(text.replace(right, wrong)))).toBe(false)
})

test('every field that an author writes is explained', () => {
  const unexplained: string[] = []
  const look = (node: unknown, path: string) => {
    if (typeof node !== 'object' || node === null) return
    const { properties } = node as JsonSchema
    for (const [name, field] of Object.entries(properties ?? {}))
      if (!field.description && field.const === undefined) unexplained.push(`${path}.${name}`)
    for (const [key, value] of Object.entries(node)) look(value, `${path}/${key}`)
  }
  look({ ...schema, definitions: {}, allOf: [] }, '')
  // Below `allOf` a name only chooses among parameters that are explained where they are defined.
  expect(unexplained.filter((path) => !path.includes('/allOf/'))).toEqual([])
})

test('checks inside of checks are known by name too, however deep', () => {
  const nested = z.strictObject({ use: z.string(), with: z.record(z.string(), z.unknown()).default({}) })
  const tree: z.ZodType = z.lazy(() =>
    z.strictObject({ of: z.array(nested).optional(), inner: tree.optional() }),
  )
  const base = {
    about: 'x',
    codes: { missing: 'x' },
    gather: async () => null,
    affectedBy: () => false,
  } as const
  const judge = () => passed('', [])
  const own: Check[] = [
    { ...base, judge, name: 'both', params: tree },
    { ...base, judge, name: 'one', params: z.strictObject({ ref: z.string() }) },
  ]
  const check = validator(labJsonSchema(new Map(own.map((each) => [each.name, each]))))
  const lab = (use: object) => ({
    title: 'x',
    promise: 'x',
    track: 'Foundations',
    order: 1,
    minutes: 1,
    level: 'start',
    model: 'x',
    goals: ['x'],
    images: ['x'],
    tasks: [{ id: 'x', title: 'x', hints: ['x'], checks: [use] }],
  })
  const both = (inner: object) => lab({ use: 'both', with: { inner: { of: [inner] } } })
  expect(check(both({ use: 'one', with: { ref: 'a' } }))).toBe(true)
  expect(check(both({ use: 'one', with: { fer: 'a' } }))).toBe(false)
  expect(check(both({ use: 'both', with: { of: [{ use: 'one', with: {} }] } }))).toBe(false)
  expect(check(both({ use: 'own-check', with: { any: 'thing' } }))).toBe(true)
})
