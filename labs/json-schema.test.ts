import { expect, test } from 'vitest'
import { z } from 'zod'
import { fieldsAt, toJsonSchema } from './json-schema.ts'

const schema = toJsonSchema(
  z.strictObject({
    asked: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('field'), ref: z.string() }),
      z.strictObject({ kind: z.enum(['ip', 'mac']), container: z.string() }),
    ]),
  }),
)

test('the fields of a place are those of all shapes that what is written there can have', () => {
  expect(fieldsAt(schema, ['asked'])).toEqual(['kind', 'ref', 'container'])
  expect(fieldsAt(schema, ['asked'], { kind: 'field', container: 'a' })).toEqual(['kind', 'ref'])
  expect(fieldsAt(schema, ['asked'], { kind: 'mac' })).toEqual(['kind', 'container'])
  expect(fieldsAt(schema, ['asked'], { kind: 'typo' })).toEqual([])
  expect(fieldsAt(schema, ['elsewhere'], { kind: 'field' })).toEqual([])
})
