import { expect, test } from 'vitest'
import { didYouMean, nearest } from './nearest.ts'

const names = ['object_exists', 'events', 'field', 'dns_probe']

test.each([
  ['object-exist', 'object_exists'],
  ['evnets', 'events'],
  ['fiel', 'field'],
  ['Field', 'field'],
  ['dnsprobe', 'dns_probe'],
  ['tcp_probe', 'dns_probe'],
])('%s is a typing mistake away from %s', (word, meant) => {
  expect(nearest(word, names)).toBe(meant)
})

test.each(['', 'logs', 'nothing', 'f'.repeat(10_000)])('nothing is near to %j', (word) => {
  expect(nearest(word, names)).toBeUndefined()
  expect(didYouMean(word, names)).toBe('')
})

test('a suggestion follows what was said', () => {
  expect(didYouMean('evnts', names)).toBe('; did you mean `events`?')
})
