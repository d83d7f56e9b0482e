import type { IParser } from '@xterm/xterm'

/**
 * Programs ask a terminal what it is and where its cursor stands, and the answer arrives as if typed. In a replay
 * those questions are old: whoever asked is gone or was answered. While `muted` says so, such questions are
 * swallowed; all else is drawn.
 */
export function muteReplies(term: { parser: IParser }, muted: () => boolean): void {
  const { parser } = term
  for (const id of [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { prefix: '=', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
    { prefix: '>', final: 'q' },
    { prefix: '?', final: 'u' },
    { final: 't' },
  ])
    parser.registerCsiHandler(id, muted)
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, muted)
  for (const colour of [4, 10, 11, 12])
    parser.registerOscHandler(colour, (data) => muted() && data.includes('?'))
}
