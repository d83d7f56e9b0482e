import { expect, test } from 'vitest'
import type { JournalRow } from '../../checks/check.ts'
import { UnexplainedDeaths } from './unexplained-deaths.ts'

function deaths(...told: [at: number, action: string, exitCode?: string, container?: string][]) {
  const seen = new UnexplainedDeaths()
  for (const [at, action, exitCode, actorId = 'one'] of told) {
    const attributes: Record<string, string> = exitCode === undefined ? {} : { exitCode }
    const row: JournalRow = {
      kind: 'event',
      seq: 1,
      timeNano: '1',
      type: 'container',
      action,
      actorId,
      attributes,
    }
    seen.saw(row, at)
  }
  return seen
}

test('who ended with 137 and was not killed through the engine is open for a second, or until an oom comes', () => {
  const open = deaths([0, 'start'], [100, 'die', '137'])
  expect(open.settleIn(100)).toBe(1_000)
  expect(open.settleIn(900)).toBe(200)
  expect(open.settleIn(1_100)).toBe(0)
  expect(deaths([0, 'start'], [100, 'die', '137'], [140, 'oom']).settleIn(140)).toBe(0)
})

test('nothing is open after any other end, nor where the reason came first', () => {
  expect(deaths([0, 'start'], [1, 'die', '1']).settleIn(1)).toBe(0)
  for (const reason of ['oom', 'kill'])
    expect(deaths([0, 'start'], [1, reason], [2, 'die', '137']).settleIn(2)).toBe(0)
})

test('the reason of one life or container explains no other', () => {
  expect(deaths([0, 'kill'], [1, 'die', '137'], [2, 'start'], [3, 'die', '137']).settleIn(3)).toBe(1_000)
  expect(
    deaths([0, 'oom', undefined, 'two'], [1, 'die', '137'], [2, 'oom', undefined, 'two']).settleIn(2),
  ).toBe(999)
})

test('a clock that is set back opens nothing for longer', () => {
  expect(deaths([5_000, 'die', '137']).settleIn(1_000)).toBe(0)
})
