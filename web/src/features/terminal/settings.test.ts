import { describe, expect, it } from 'vitest'
import { terminalFont, terminalFontSize } from '../../theme.ts'
import { read, zoomed } from './settings.ts'

const { normal, min, max } = terminalFont.cell

describe('terminal settings', () => {
  it('zooms in steps, within its limits, and back to normal', () => {
    expect(zoomed(normal, 1)).toBe(normal + 1)
    expect(zoomed(normal, -1)).toBe(normal - 1)
    expect(zoomed(max, 1)).toBe(max)
    expect(zoomed(min, -1)).toBe(min)
    expect(zoomed(max, 0)).toBe(normal)
  })

  it('reads what it stored', () => {
    expect(read(JSON.stringify({ cell: 10, screenReader: true }))).toEqual({ cell: 10, screenReader: true })
  })

  it.each([undefined, '', 'null', '[]', '{"cell":"big"}', '{"cell":999}', '{"cell":7.5}', '{broken'])(
    'is normal when %s is stored',
    (stored) => {
      expect(read(stored)).toEqual({ cell: normal, screenReader: false })
    },
  )

  it('never makes a letter narrower than its cell', () => {
    for (let cell = min; cell <= max; cell++) {
      const size = Math.floor(terminalFontSize(cell) * 32) / 32 // As a browser rounds it.
      expect(Math.floor(size * 0.6)).toBe(cell)
    }
  })
})
