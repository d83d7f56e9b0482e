import { expect, test } from 'vitest'
import { LogFrames } from './log-frames.ts'

function frame(kind: number, text: string): Buffer {
  const head = Buffer.alloc(8)
  head[0] = kind
  head.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([head, Buffer.from(text)])
}

test('takes frames apart, wherever they are cut', () => {
  const all = Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n'), frame(1, '')])
  for (let cut = 0; cut <= all.length; cut++) {
    const frames = new LogFrames(false)
    const pieces = [...frames.push(all.subarray(0, cut)), ...frames.push(all.subarray(cut))]
    expect(pieces.map(({ stream, data }) => `${stream} ${data}`)).toEqual([
      'stdout out\n',
      'stderr err\n',
      'stdout ',
    ])
    expect(frames.whole).toBe(true)
  }
})

test('refuses what is no log stream', () => {
  expect(() => new LogFrames(false).push(Buffer.from('{"message":"no"}'))).toThrow(RangeError)
  expect(() => new LogFrames(false).push(Buffer.from([1, 0, 0, 0, 255, 255, 255, 255]))).toThrow(RangeError)
  const frames = new LogFrames(false)
  frames.push(Buffer.from('{}'))
  expect(frames.whole).toBe(false)
})
