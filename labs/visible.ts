/** Control characters, and those that turn the direction of writing: what a name may hide from its reader. */
const HIDING = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The text with such characters written out, so that it is safe in a terminal and shows what it is. */
export function visible(text: string): string {
  return text.replace(HIDING, escapeOf)
}

/** The first such character of a text, written out; a tab or an end of line is none where `lines` says so. */
export function hidden(
  text: string,
  lines: 'lines' | 'one-line' = 'one-line',
): { offset: number; shown: string } | undefined {
  for (const match of text.matchAll(HIDING))
    if (lines === 'one-line' || !/[\t\n\r]/.test(match[0]))
      return { offset: match.index, shown: escapeOf(match[0]) }
  return undefined
}

function escapeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
