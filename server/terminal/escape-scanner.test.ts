import { expect, test } from 'vitest'
import { scan, unsafePrefix } from './escape-scanner.ts'

const bytes = (text: string) => Buffer.from(text)

test.each([
  ['plain text', 'hello\r\n', 'ground'],
  ['a lone escape', 'a\x1b', 'escape'],
  ['an unfinished colour', 'a\x1b[38;5', 'csi'],
  ['a finished colour', 'a\x1b[38;5;1m', 'ground'],
  ['a character set', '\x1b(B', 'ground'],
  ['an unfinished character set', '\x1b(', 'escape'],
  ['an unfinished title', '\x1b]0;vim', 'osc'],
  ['a title ended by bell', '\x1b]0;vim\x07', 'ground'],
  ['a title about to end', '\x1b]0;vim\x1b', 'string-escape'],
  ['a title ended by ST', '\x1b]0;vim\x1b\\', 'ground'],
  ['a title cut off by a colour', '\x1b]0;vim\x1b[1', 'csi'],
  ['a device string with a bell in it', '\x1bPq\x07#0', 'string'],
  ['a cancelled sequence', '\x1b[38\x18', 'ground'],
] as const)('%s', (_name, text, state) => {
  expect(scan('ground', bytes(text))).toBe(state)
  // However it is cut, the answer is the same.
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect(scan(scan('ground', bytes(text).subarray(0, cut)), bytes(text).subarray(cut))).toBe(state)
  }
})

test.each([
  ['ground', 'abc', 0],
  ['csi', '5;1mabc', 4],
  ['osc', 'title\x07abc', 6],
  ['osc', 'title\x1b\\abc', 7],
  ['string', 'never ends', 10],
] as const)('from inside %s, %j starts after %i bytes', (state, text, skipped) => {
  expect(unsafePrefix(state, bytes(text))).toBe(skipped)
})

test('a cut character is left out', () => {
  expect(unsafePrefix('ground', bytes('€uro').subarray(1))).toBe(2)
  expect(unsafePrefix('ground', bytes('🐳').subarray(3))).toBe(1)
})
