import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { parseEvent, readLines, TOO_LONG } from './engine-events.ts'

const line = (more = '', attributes: Record<string, string> = { name: 'mine' }) =>
  `{"status":"die","id":"a","Type":"container","Action":"die","Actor":{"ID":"a","Attributes":${JSON.stringify(attributes)}},"scope":"local","time":1763000000,"timeNano":1763000000123456789${more}}`

async function collect(chunks: string[], maxBytes?: number) {
  const lines = []
  for await (const each of readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), maxBytes))
    lines.push(each)
  return lines
}

test('keeps the time to the nanosecond', () => {
  expect(parseEvent(line())).toEqual({
    timeNano: '1763000000123456789',
    type: 'container',
    action: 'die',
    actorId: 'a',
    attributes: { name: 'mine' },
  })
})

test('labels neither change the time nor push out what grading needs', () => {
  const labels = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}`, 'x'.repeat(5_000)]))
  const event = parseEvent(
    line('', { ...labels, timeNano: '7', '"timeNano":5': 'x', ['__proto__']: 'y', exitCode: '137' }),
  )
  expect(event?.timeNano).toBe('1763000000123456789')
  expect(event?.attributes.exitCode).toBe('137')
  expect(Object.keys(event?.attributes ?? {})).toHaveLength(64)
  expect(Object.values(event?.attributes ?? {}).every((each) => each.length <= 1_000)).toBe(true)
})

test.each([
  '',
  '{',
  '[]',
  'null',
  '7',
  '{"Type":"container"}',
  line(',"timeNano":-5'),
  line(',"timeNano":1e30'),
  line(',"timeNano":"x"'),
])('is no event: %s', (text) => expect(parseEvent(text)).toBeUndefined())

test('finds lines however they are cut, and leaves out those that are too long', async () => {
  expect(await collect(['on', 'e\ntw', 'o\n\nthr', 'ee'])).toEqual(['one', 'two', '', 'three'])
  expect(await collect(['é'.repeat(3)])).toEqual(['ééé'])
  expect(await collect(['short\n', 'x'.repeat(11), '\nshort\n'], 10)).toEqual(['short', TOO_LONG, 'short'])
  expect(await collect(['x'.repeat(6), 'x'.repeat(6)], 10)).toEqual([TOO_LONG])
})
