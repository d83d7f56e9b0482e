/** How much is shown of one value, in characters and lines: what comes from a student's engine can be of any size. */
const WHOLE = { chars: 4000, lines: 200 }
/** The same where it is one of several things to look at. */
const BRIEF = { chars: 400, lines: 10 }

export interface VisiblePart {
  text: string
  /** Stands for characters that would not be seen, or would change how what follows is read. */
  mark: boolean
}

/** Controls, format characters (bidi overrides, zero width), line separators, halves of characters. */
const UNSEEN = /((?:(?!\n|\t|(?<=\p{Extended_Pictographic}\ufe0f?)\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+)/u

/** A foreign text in parts, with marks in place of all that would be invisible. `hidden`: how many characters were left out at its end. */
export function visibleParts(text: string, brief = false): { parts: VisiblePart[]; hidden: number } {
  const { chars, lines } = brief ? BRIEF : WHOLE
  const shown = text.slice(0, chars).split('\n').slice(0, lines).join('\n')
  const parts = shown
    .split(UNSEEN)
    .map((part, at) => (at % 2 === 1 ? { text: marks(part), mark: true } : { text: part, mark: false }))
    .filter((part) => part.text !== '')
  return { parts, hidden: text.length - shown.length }
}

const CONTROLS =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  )

/** Controls have names of their own (ESC); the others are named by their number (U+202E). */
function marks(unseen: string): string {
  return [...unseen]
    .map((char) => {
      const code = char.codePointAt(0) ?? 0
      if (code === 0x7f) return 'DEL'
      return CONTROLS[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    })
    .join(' ')
}
