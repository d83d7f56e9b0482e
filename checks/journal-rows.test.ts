import { describe, expect, test } from 'vitest'
import type { JournalMark, JournalRow } from './check.ts'
import { goingOn, inOrder, livesOf, millisBetween, ofThisMachine } from './journal-rows.ts'
import { clockGap, row } from './testing/recorded.ts'

describe('measured time', () => {
  const mark = (reason: 'freeze' | 'thaw', ms: number): JournalMark => {
    return { kind: 'mark', seq: 0, timeNano: row('start', ms).timeNano, reason }
  }
  const from100to400 = (marks: JournalRow[]) => millisBetween(marks, row('kill', 100), row('die', 400))

  test('runs on without marks, and has a direction', () => {
    expect(from100to400([])).toBe(300)
    expect(millisBetween([], row('die', 400), row('kill', 100))).toBe(-300)
  })

  test('leaves out what the machine stood still, as far as it falls between', () => {
    expect(from100to400([mark('freeze', 150), mark('thaw', 250)])).toBe(200)
    expect(from100to400([mark('freeze', 0), mark('thaw', 150)])).toBe(250)
    expect(from100to400([mark('freeze', 350), mark('thaw', 900)])).toBe(250)
    expect(from100to400([mark('freeze', 0), mark('thaw', 900)])).toBe(0)
    expect(from100to400([mark('freeze', 0), mark('thaw', 50), mark('freeze', 500), mark('thaw', 600)])).toBe(
      300,
    )
    expect(
      from100to400([mark('freeze', 110), mark('thaw', 120), mark('freeze', 200), mark('thaw', 230)]),
    ).toBe(260)
    const back = millisBetween([mark('freeze', 150), mark('thaw', 250)], row('die', 400), row('kill', 100))
    expect(back).toBe(-200)
  })

  test('a freeze without a thaw, a thaw alone and a clock that jumps back take nothing out', () => {
    expect(from100to400([mark('freeze', 150)])).toBe(300)
    expect(from100to400([mark('thaw', 250)])).toBe(300)
    expect(from100to400([mark('freeze', 300), mark('thaw', 150)])).toBe(300)
  })
})

describe('where the clock was set back', () => {
  const begun = [row('create', 0), row('start', 10)]
  const ahead = row('kill', 9_000)
  const rows = [...begun, ahead, row('die', 30), row('destroy', 20)]
  const gap = clockGap(ahead, 40)

  test('what came before stays before, each part in the order of its time', () => {
    const shown = inOrder([...rows, gap, row('create', 50)])
    expect(shown.map((each) => (each.kind === 'event' ? each.action : each.kind))).toEqual([
      'create',
      'start',
      'kill',
      'gap',
      'destroy',
      'die',
      'create',
    ])
  })

  test('the gap stays when the machine that it came with is given up', () => {
    const reset = {
      kind: 'mark',
      seq: gap.seq + 1,
      timeNano: gap.timeNano,
      reason: 'reset',
      since: ahead.seq,
    } as const
    expect(ofThisMachine([...rows, gap, reset])).toContain(gap)
  })

  test('no freeze is taken out of measured time: nobody knows when it was', () => {
    const mark = (reason: 'freeze' | 'thaw', ms: number): JournalMark => {
      return { kind: 'mark', seq: 0, timeNano: row('start', ms).timeNano, reason }
    }
    const marks = [mark('freeze', 150), mark('thaw', 250), gap]
    expect(millisBetween(marks, row('kill', 100), row('die', 400))).toBe(300)
  })
})

describe('after a reset', () => {
  const at = (seq: number) => ({ ...row('start', seq), seq })
  const reset = (seq: number, since: number): JournalMark => {
    return { kind: 'mark', seq, timeNano: row('start', seq).timeNano, reason: 'reset', since }
  }
  const seqs = (rows: JournalRow[]) => ofThisMachine(rows).map((each) => each.seq)
  const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => at(from + i))

  test('the rows of the machine that was given up do not count', () => {
    expect(seqs([...run(1, 6), reset(7, 3), ...run(8, 9)])).toEqual([1, 2, 3, 7, 8, 9])
  })

  test('a later reset to a time before an earlier one leaves both out', () => {
    expect(seqs([...run(1, 4), reset(5, 3), ...run(6, 7), reset(8, 2), at(9)])).toEqual([1, 2, 8, 9])
  })

  test('one to a checkpoint after it keeps the earlier one', () => {
    expect(seqs([...run(1, 4), reset(5, 3), ...run(6, 7), reset(8, 6), at(9)])).toEqual([1, 2, 3, 5, 6, 8, 9])
  })

  test('one to a checkpoint of the machine that was given up brings its rows back', () => {
    expect(seqs([...run(1, 6), reset(7, 3), at(8), reset(9, 5), at(10)])).toEqual([1, 2, 3, 4, 5, 9, 10])
  })
})

describe('a container over a reset', () => {
  const reset: JournalMark = {
    kind: 'mark',
    seq: 5,
    timeNano: row('start', 500).timeNano,
    reason: 'reset',
    since: 4,
  }
  const lives = (...rows: JournalRow[]) =>
    livesOf(goingOn(rows)).map(({ events }) => events.map(({ action }) => action))

  test('that ran goes on with its life when it is started again, and begins another only after that ended', () => {
    expect(lives(row('start', 100), reset, row('start', 600), row('kill', 700), row('die', 800))).toEqual([
      ['start', 'kill', 'die'],
    ])
    expect(lives(row('start', 100), reset, row('start', 600), row('die', 700), row('start', 800))).toEqual([
      ['start', 'die'],
      ['start'],
    ])
  })

  test('that ran and is not started again has a life without an end', () => {
    expect(lives(row('start', 100), reset)).toEqual([['start']])
  })

  test('that had ended begins another life', () => {
    expect(lives(row('start', 100), row('die', 200), reset, row('start', 600))).toEqual([
      ['start', 'die'],
      ['start'],
    ])
  })
})
