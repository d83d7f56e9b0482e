/** A command as somebody would type it, with its place in the text. */
export interface Line {
  words: string[]
  line: number
  column: number
}

export interface Commands {
  commands: Line[]
  /** Where a fence begins that never ends. */
  unclosed: { line: number; column: number } | undefined
}

/** A text is looked at so far; the longest file of a lab is 64 kB. */
const MAX_LINES = 2_000

/** The simple commands in a script, or in the fences and inline code of a markdown text. What is quoted or nested is left alone. */
export function commandsIn(text: string, kind: 'script' | 'markdown'): Commands {
  const commands: Line[] = []
  let fence: { mark: string; line: number; column: number } | undefined
  let until: string | undefined
  for (const [index, raw] of text.split('\n').slice(0, MAX_LINES).entries()) {
    const line = index + 1
    const add = (source: string, column: number) => {
      const trimmed = source.replace(/^\s*(\$ )?/u, '')
      const words = trimmed.split(/\s+/u)
      if (/^[a-z]/u.test(trimmed))
        commands.push({ words, line, column: column + source.length - trimmed.length })
    }
    const code = kind === 'script' || fence !== undefined
    if (until !== undefined) {
      if (raw.trim() === until) until = undefined
      continue
    }
    const [, mark] = kind === 'markdown' ? (/^\s{0,3}(`{3,}|~{3,})/u.exec(raw) ?? []) : []
    if (mark && !fence) fence = { mark, line, column: raw.indexOf(mark) + 1 }
    else if (mark && fence && raw.trim().startsWith(fence.mark) && /^[`~]+$/u.test(raw.trim()))
      fence = undefined
    else if (code) {
      add(raw, 1)
      // What follows is text for a program, not commands of ours.
      until = /<<-?\s*(['"]?)([A-Za-z_]+)\1/u.exec(raw)?.[2]
    } else for (const match of raw.matchAll(/`([^`]+)`/gu)) add(match[1] ?? '', match.index + 2)
  }
  return { commands, unclosed: fence && { line: fence.line, column: fence.column } }
}
