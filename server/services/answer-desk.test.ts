import { expect, test } from 'vitest'
import { parseRequest } from './answer-desk.ts'

const hex = (text: string) => Buffer.from(text).toString('hex')

test('a request is an id, a field and a value', () => {
  expect(parseRequest(`7 ${hex('worker')} ${hex('größe €')}`)).toEqual({
    id: '7',
    field: 'worker',
    value: 'größe €',
  })
  expect(parseRequest(`7 ${hex('worker')} `)).toEqual({ id: '7', field: 'worker', value: '' })
})

test.each([
  ['nothing', ''],
  ['no id', `${hex('a')} ${hex('b')}`],
  ['a negative id', `-1 ${hex('a')} ${hex('b')}`],
  ['an id too long', `12345678901 ${hex('a')} ${hex('b')}`],
  ['no field', `1  ${hex('b')}`],
  ['half a byte', '1 616 62'],
  ['capitals', '1 6A 62'],
  ['a field too long', `1 ${hex('a'.repeat(101))} ${hex('b')}`],
  ['a value too long', `1 ${hex('a')} ${hex('b'.repeat(501))}`],
  ['a word too many', `1 ${hex('a')} ${hex('b')} 00`],
  ['a line end within', `1 ${hex('a')} ${hex('b')}\n`],
])('%s is no request', (_name, line) => {
  expect(parseRequest(line)).toBeUndefined()
})
