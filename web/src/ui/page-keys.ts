/** What a key means to the page, wherever the focus is. */
export type PageKey = { do: 'terminal' } | { do: 'task'; index: number } | { do: 'help' } | { do: 'search' }

interface Key {
  key: string
  code: string
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
  shiftKey: boolean
}

/** Keys that work everywhere, also in the terminal. `index` counts from 0. */
export function globalKey(event: Key): PageKey | undefined {
  if (event.metaKey) return undefined
  if (event.ctrlKey && !event.altKey && !event.shiftKey && (event.code === 'Backquote' || event.key === '`'))
    return { do: 'terminal' }
  const digit = /^Digit([1-9])$/.exec(event.code)
  if (digit && event.altKey && !event.ctrlKey && !event.shiftKey)
    return { do: 'task', index: Number(digit[1]) - 1 }
  return undefined
}

/** Keys that are letters: they count only where nothing is typed. */
export function plainKey(event: Key): PageKey | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined
  if (event.key === '?') return { do: 'help' }
  if (event.key === '/') return { do: 'search' }
  return undefined
}

/** Whether what has the focus takes letters for itself. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable || target.matches('input:not([type=radio], [type=checkbox]), textarea, select')
  )
}
