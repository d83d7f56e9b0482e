import { Duplex, PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { DemultiplexedStream } from './demultiplexed.ts'

/** Two ends of a connection. */
function connection() {
  const [up, down] = [new PassThrough(), new PassThrough()]
  const near = Duplex.from({ writable: up, readable: down })
  return { near, far: { read: up, write: down } }
}

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

async function readAll(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('frames are undone wherever they are cut', async () => {
  const bytes = Buffer.concat([
    frame(1, 'one '),
    frame(2, 'oops'),
    frame(1, ''),
    frame(1, 'zwö'),
    frame(2, '!'),
  ])
  for (let size = 1; size <= bytes.length; size++) {
    const { near, far } = connection()
    const stream = new DemultiplexedStream(near, true)
    for (let at = 0; at < bytes.length; at += size) far.write.write(bytes.subarray(at, at + size))
    far.write.end()
    expect(await readAll(stream)).toBe('one zwö')
    expect(stream.stderr()).toBe('oops!')
    await stream.over
  }
})

test('without frames bytes pass as they are', async () => {
  const { near, far } = connection()
  const stream = new DemultiplexedStream(near, false)
  far.write.end(frame(1, 'raw'))
  expect(await readAll(stream)).toBe(frame(1, 'raw').toString())
})

test('of standard error the last 16 kB are kept', async () => {
  const { near, far } = connection()
  const stream = new DemultiplexedStream(near, true)
  far.write.write(frame(2, 'x'.repeat(100_000)))
  far.write.end(frame(2, 'end'))
  await readAll(stream)
  expect(stream.stderr()).toHaveLength(16 * 1024)
  expect(stream.stderr()).toMatch(/xend$/)
})

test('ending the writing side leaves the reading side open', async () => {
  const { near, far } = connection()
  const stream = new DemultiplexedStream(near, true)
  stream.end('question')
  expect((await far.read.toArray()).join('')).toBe('question')
  far.write.end(frame(1, 'answer'))
  expect(await readAll(stream)).toBe('answer')
})

test('a connection that breaks ends the stream without an error', async () => {
  const { near, far } = connection()
  const stream = new DemultiplexedStream(near, true)
  far.write.write(frame(1, 'half'))
  const read = readAll(stream)
  far.write.destroy(new Error('gone'))
  await expect(read).resolves.toMatch(/^(half)?$/)
  await stream.over
})

test('giving up ends what is written, and is over when the far side ends', async () => {
  const { near, far } = connection()
  const stream = new DemultiplexedStream(near, true)
  stream.destroy()
  await far.read.toArray()
  far.write.end(frame(1, 'nobody reads this'))
  await stream.over
})
