import { describe, expect, it } from 'vitest'
import { globalKey, plainKey } from './page-keys.ts'

const press = (key: string, code: string, ...held: ('ctrl' | 'shift' | 'alt' | 'meta')[]) => ({
  key,
  code,
  ctrlKey: held.includes('ctrl'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
  metaKey: held.includes('meta'),
})

describe('keys of the page', () => {
  it('knows the terminal and the tasks', () => {
    expect(globalKey(press('`', 'Backquote', 'ctrl'))).toEqual({ do: 'terminal' })
    expect(globalKey(press('`', 'IntlBackslash', 'ctrl'))).toEqual({ do: 'terminal' })
    expect(globalKey(press('1', 'Digit1', 'alt'))).toEqual({ do: 'task', index: 0 })
    expect(globalKey(press('¡', 'Digit9', 'alt'))).toEqual({ do: 'task', index: 8 })
  })

  it('leaves all else to the shell', () => {
    for (const key of [
      press('`', 'Backquote'),
      press('1', 'Digit1', 'ctrl'),
      press('0', 'Digit0', 'alt'),
      press('b', 'KeyB', 'alt'),
      press('?', 'Slash', 'shift'),
    ])
      expect(globalKey(key)).toBeUndefined()
  })

  it('takes letters only by themselves', () => {
    expect(plainKey(press('?', 'Slash', 'shift'))).toEqual({ do: 'help' })
    expect(plainKey(press('/', 'Slash'))).toEqual({ do: 'search' })
    expect(plainKey(press('/', 'Slash', 'ctrl'))).toBeUndefined()
  })
})
