import { Terminal } from '@xterm/xterm'
import { describe, expect, it } from 'vitest'
import { muteReplies } from './mute-replies.ts'

/** Every question that xterm answers by itself. */
const questions = {
  'primary device attributes': '\x1b[c',
  'secondary device attributes': '\x1b[>c',
  'operating status': '\x1b[5n',
  'cursor position': '\x1b[6n',
  'cursor position, DEC': '\x1b[?6n',
  'mode, ANSI': '\x1b[4$p',
  'mode, DEC': '\x1b[?25$p',
  'cursor style': '\x1bP$q q\x1b\\',
}

function terminal(muted: boolean) {
  const term = new Terminal({ allowProposedApi: true })
  const replies: string[] = []
  term.onData((data) => replies.push(data))
  muteReplies(term, () => muted)
  const write = (data: string) => new Promise<void>((resolve) => term.write(data, resolve))
  return { term, replies, write }
}

describe('muteReplies', () => {
  it.each(Object.entries(questions))('swallows the question for %s while muted', async (_, question) => {
    const { replies, write } = terminal(true)
    await write(question)
    expect(replies).toEqual([])
  })

  it.each(Object.entries(questions))(
    'lets the question for %s be answered otherwise',
    async (_, question) => {
      const { replies, write } = terminal(false)
      await write(question)
      expect(replies).toHaveLength(1)
    },
  )

  it('draws everything else all the same', async () => {
    const { term, write } = terminal(true)
    await write('a\x1b[31mb\x1b[6nc')
    expect(term.buffer.active.getLine(0)?.translateToString(true)).toBe('abc')
  })
})
