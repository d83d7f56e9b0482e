import { describe, expect, it } from 'vitest'
import { visibleParts } from './visible.ts'

const shown = (text: string) =>
  visibleParts(text)
    .parts.map((part) => (part.mark ? `[${part.text}]` : part.text))
    .join('')

describe('a foreign text', () => {
  it('shows controls and escapes by their names', () => {
    expect(shown('web\x1b[31mred\x07\x7f')).toBe('web[ESC][31mred[BEL DEL]')
    expect(shown('\x9b2J')).toBe('[U+009B]2J')
  })

  it('shows what would turn or hide the text that follows', () => {
    expect(shown('ab\u202egnp.exe\u2066')).toBe('ab[U+202E]gnp.exe[U+2066]')
    expect(shown('we\u200bb\ufeff\u2028')).toBe('we[U+200B]b[U+FEFF U+2028]')
    expect(shown('half\ud83d')).toBe('half[U+D83D]')
    expect(shown('tag\u{e0041}')).toBe('tag[U+E0041]')
  })

  it('leaves layout, other scripts and pictures as they are', () => {
    for (const text of ['two\n\tlines', 'שלום', '日本語', '👩‍🔧 ok', '❤️‍🔥']) expect(shown(text)).toBe(text)
    expect(shown('web\u200d')).toBe('web[U+200D]')
  })

  it('is cut after so many lines too, and sooner where there is little room', () => {
    const rows = 'row\n'.repeat(1000)
    expect(visibleParts(rows)).toMatchObject({
      parts: [{ text: expect.stringMatching(/^(row\n){199}row$/) }],
    })
    expect(visibleParts(rows, true)).toEqual({
      parts: [{ text: `${'row\n'.repeat(9)}row`, mark: false }],
      hidden: 4000 - 39,
    })
  })

  it('is cut where it is too long, and says how much is left out', () => {
    const { parts, hidden } = visibleParts('x'.repeat(1_000_000))
    expect([parts.length, parts[0]?.text.length, hidden]).toEqual([1, 4000, 996_000])
  })
})
