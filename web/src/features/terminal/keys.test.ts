import { describe, expect, it } from 'vitest'
import { needsAsking, pastedLines, terminalKey, withCtrl } from './keys.ts'

const press = (key: string, code: string, ...held: ('ctrl' | 'shift' | 'alt' | 'meta')[]) => ({
  key,
  code,
  ctrlKey: held.includes('ctrl'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
  metaKey: held.includes('meta'),
})

describe('terminalKey', () => {
  it('knows its own keys', () => {
    expect(terminalKey(press('C', 'KeyC', 'ctrl', 'shift'))).toBe('copy')
    expect(terminalKey(press('V', 'KeyV', 'ctrl', 'shift'))).toBe('paste')
    expect(terminalKey(press('F', 'KeyF', 'ctrl', 'shift'))).toBe('search')
    expect(terminalKey(press('=', 'Equal', 'ctrl'))).toBe('bigger')
    expect(terminalKey(press('+', 'Equal', 'ctrl', 'shift'))).toBe('bigger')
    expect(terminalKey(press('-', 'Minus', 'ctrl'))).toBe('smaller')
    expect(terminalKey(press('0', 'Digit0', 'ctrl'))).toBe('normal')
  })

  it.each([
    ['interrupt', press('c', 'KeyC', 'ctrl')],
    ['literal next', press('v', 'KeyV', 'ctrl')],
    ['forward a letter', press('f', 'KeyF', 'ctrl')],
    ['undo', press('_', 'Minus', 'ctrl', 'shift')],
    ['last argument', press('.', 'Period', 'alt')],
    ['a letter', press('c', 'KeyC')],
  ])('leaves the shell its %s', (_, key) => {
    expect(terminalKey(key)).toBeUndefined()
  })
})

describe('withCtrl', () => {
  it('sends what Ctrl with a letter means', () => {
    expect(withCtrl('c')).toBe('\x03')
    expect(withCtrl('C')).toBe('\x03')
    expect(withCtrl('[')).toBe('\x1b')
    expect(withCtrl('@')).toBe('\x00')
  })

  it('leaves alone what has no such meaning', () => {
    expect(withCtrl('1')).toBe('1')
    expect(withCtrl('ab')).toBe('ab')
    expect(withCtrl('\x1b[A')).toBe('\x1b[A')
    expect(withCtrl('é')).toBe('é')
  })
})

describe('pastes', () => {
  it('asks for more than one line and not for one', () => {
    expect(needsAsking('docker ps')).toBe(false)
    expect(needsAsking('docker ps\n')).toBe(false)
    expect(needsAsking('docker ps\ndocker images')).toBe(true)
    expect(needsAsking('docker ps\rdocker images')).toBe(true)
  })

  it('counts lines of any line end', () => {
    expect(pastedLines('a\r\nb\nc\rd\n')).toEqual(['a', 'b', 'c', 'd'])
    expect(pastedLines('a')).toEqual(['a'])
  })
})
