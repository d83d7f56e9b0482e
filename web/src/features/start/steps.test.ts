import { describe, expect, it } from 'vitest'
import { stepRows } from './steps.ts'

const order = ['disk', 'sandbox', 'engine'] as const

describe('steps of a start', () => {
  it('counts on the step under way from where the others ended', () => {
    const rows = stepRows(
      order,
      [
        { name: 'disk' as const, ms: 200 },
        { name: 'sandbox' as const, ms: null },
      ],
      700,
    )
    expect(rows).toEqual([
      { name: 'disk', state: 'done', ms: 200 },
      { name: 'sandbox', state: 'doing', ms: 500 },
      { name: 'engine', state: 'waiting', ms: undefined },
    ])
  })

  it('takes the first unnamed step as under way', () => {
    expect(stepRows(order, [], 100).map((row) => row.state)).toEqual(['doing', 'waiting', 'waiting'])
    expect(stepRows(order, [{ name: 'disk' as const, ms: 200 }], 300)[1]).toEqual({
      name: 'sandbox',
      state: 'doing',
      ms: 100,
    })
  })

  it('never counts below zero when the clocks of page and server differ', () => {
    expect(stepRows(order, [{ name: 'disk' as const, ms: 200 }], 100)[1]?.ms).toBe(0)
  })
})
