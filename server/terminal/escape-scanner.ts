/** Where in the stream of a terminal's output a byte stands: between sequences (`ground`) or inside one. */
export type ScanState = 'ground' | 'escape' | 'csi' | 'osc' | 'string' | 'string-escape'

const BEL = 0x07
const CAN = 0x18
const SUB = 0x1a
const ESC = 0x1b
const BACKSLASH = 0x5c

/** The state after these bytes, which follow a stretch that ended in `state`. */
export function scan(state: ScanState, bytes: Uint8Array): ScanState {
  let now = state
  for (let at = 0; at < bytes.length; at += 1) {
    if (now === 'ground') {
      const begin = bytes.indexOf(ESC, at)
      if (begin === -1) return 'ground'
      at = begin
    }
    now = step(now, bytes[at] as number)
  }
  return now
}

/**
 * How many of these bytes a screen that begins here must leave out, so that it starts neither inside an escape
 * sequence nor inside a UTF-8 character. `state` is that before the first byte. All of them when no such place is there.
 */
export function unsafePrefix(state: ScanState, bytes: Uint8Array): number {
  let now = state
  let at = 0
  while (now !== 'ground' && at < bytes.length) {
    now = step(now, bytes[at] as number)
    at += 1
  }
  if (now !== 'ground') return bytes.length
  // A sequence ends in ASCII, so only a cut in plain text can have split a character.
  while (at < bytes.length && ((bytes[at] as number) & 0xc0) === 0x80) at += 1
  return at
}

function step(state: ScanState, byte: number): ScanState {
  if (byte === CAN || byte === SUB) return 'ground'
  if (byte === ESC) return state === 'osc' || state === 'string' ? 'string-escape' : 'escape'
  switch (state) {
    case 'ground':
      return 'ground'
    case 'string-escape':
      return byte === BACKSLASH ? 'ground' : step('escape', byte)
    case 'escape':
      return afterEscape(byte)
    case 'csi':
      return byte >= 0x40 && byte <= 0x7e ? 'ground' : 'csi'
    case 'osc':
      return byte === BEL ? 'ground' : 'osc'
    case 'string':
      return 'string'
  }
}

function afterEscape(byte: number): ScanState {
  if (byte === 0x5b) return 'csi'
  if (byte === 0x5d) return 'osc'
  // DCS, SOS, PM, APC
  if (byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) return 'string'
  // Intermediates and controls leave the sequence open.
  return byte < 0x30 ? 'escape' : 'ground'
}
