import { describe, expect, it } from 'vitest'
import { ago, measured, points, size, stopwatch } from './format.ts'

describe('times', () => {
  it.each([
    [0, '0.0 s'],
    [932, '0.9 s'],
    [9_949, '9.9 s'],
    [12_400, '12 s'],
    [60_000, '1 min'],
    [65_000, '1 min 5 s'],
    [119_900, '2 min'],
    [-5, '0.0 s'],
  ])('%i ms is measured as %s', (ms, said) => expect(measured(ms)).toBe(said))

  it.each([
    [0, '0:00'],
    [134_000, '2:14'],
    [3_734_000, '1:02:14'],
    [-1, '0:00'],
  ])('%i ms on a stopwatch is %s', (ms, said) => expect(stopwatch(ms)).toBe(said))

  it.each([
    [0, 'just now'],
    [59_000, 'just now'],
    [720_000, '12 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [26 * 3_600_000, 'yesterday'],
    [50 * 3_600_000, '2 days ago'],
    [-60_000, 'just now'],
  ])('%i ms back is %s', (passed, said) => expect(ago(1_000_000_000 - passed, 1_000_000_000)).toBe(said))
})

describe('sizes and points', () => {
  it.each([
    [1, '1 kB'],
    [812_000, '812 kB'],
    [1_440_000, '1.4 MB'],
    [12_300_000, '12 MB'],
    [1_440_000_000, '1.4 GB'],
  ])('%i bytes are %s', (bytes, said) => expect(size(bytes)).toBe(said))

  it.each([
    [3, '3'],
    [2.7, '2.7'],
    [0.1 + 0.2, '0.3'],
    [1 / 3, '0.33'],
  ])('%f points are %s', (n, said) => expect(points(n)).toBe(said))
})
