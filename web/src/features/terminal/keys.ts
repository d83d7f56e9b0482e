/** What a key means to the terminal itself; all other keys belong to the shell. */
export type TerminalKey = 'copy' | 'paste' | 'bigger' | 'smaller' | 'normal' | 'search'

interface Key {
  key: string
  code: string
  ctrlKey: boolean
  shiftKey: boolean
  altKey: boolean
  metaKey: boolean
}

/** Sorts a pressed key. Ctrl+C, Ctrl+V, Ctrl+F and Ctrl+Shift+- stay the shell's. */
export function terminalKey(event: Key): TerminalKey | undefined {
  if (!event.ctrlKey || event.altKey || event.metaKey) return undefined
  if (event.shiftKey) {
    if (event.code === 'KeyC') return 'copy'
    if (event.code === 'KeyV') return 'paste'
    if (event.code === 'KeyF') return 'search'
  }
  if (event.key === '+' || event.key === '=') return 'bigger'
  if (event.key === '-') return 'smaller'
  if (event.key === '0' && !event.shiftKey) return 'normal'
  return undefined
}

/** What Ctrl held with this one character sends; anything else stays as it is. */
export function withCtrl(data: string): string {
  if (data.length !== 1) return data
  const code = data.toUpperCase().charCodeAt(0)
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : data
}

/** Lines of a paste, without the empty one after a last line end. */
export function pastedLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}

/** A paste that may run something before the person pressed Enter. */
export const needsAsking = (text: string): boolean => /[\r\n]/.test(text.trimEnd())
