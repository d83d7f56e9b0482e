import { expect, test } from 'vitest'
import { ACK_BYTES, HIGH_WATERMARK } from '../contract/realtime.ts'
import { TestClock } from '../test-clock.ts'
import { Attachment, type Viewer } from './attachment.ts'
import { OutputRing } from './output-ring.ts'

/** An attachment to a ring with what its viewer was told. */
function attached(from = 0) {
  const ring = new OutputRing()
  const clock = new TestClock()
  const told: { offset: number; size: number }[] = []
  const exits: (number | null)[] = []
  let stalled = 0
  let detached = 0
  const viewer: Viewer = {
    attached: () => {},
    output: (offset, data) => told.push({ offset, size: data.byteLength }),
    exit: (code) => exits.push(code),
    detached: () => {
      detached += 1
    },
  }
  const onStalled = () => {
    stalled += 1
  }
  const attachment = new Attachment({ ring, viewer, clock, from, onStalled })
  const write = (size: number) => {
    ring.append(Buffer.alloc(size, 'x'))
    attachment.poke()
  }
  const sent = () => told.reduce((sum, { size }) => sum + size, 0)
  return {
    ring,
    clock,
    told,
    exits,
    attachment,
    write,
    sent,
    stalled: () => stalled,
    detached: () => detached,
  }
}

test('the first byte of a burst is sent at once, what follows is gathered for 5 ms', async () => {
  const { clock, told, write } = attached()
  write(1)
  expect(told).toEqual([{ offset: 0, size: 1 }])
  write(1)
  write(1)
  expect(told).toHaveLength(1)
  await clock.pass(5)
  expect(told[1]).toEqual({ offset: 1, size: 2 })
  await clock.pass(5)
  write(1)
  expect(told).toHaveLength(3)
})

test('never more than the watermark goes out without an acknowledgement', async () => {
  const { clock, attachment, write, sent } = attached()
  write(3 * HIGH_WATERMARK)
  await clock.pass(100)
  expect(sent()).toBe(HIGH_WATERMARK)
  expect(attachment.isBehind).toBe(true)
  attachment.acknowledge(ACK_BYTES)
  expect(sent()).toBe(HIGH_WATERMARK + ACK_BYTES)
  attachment.acknowledge(ACK_BYTES)
  expect(sent()).toBe(HIGH_WATERMARK + ACK_BYTES)
})

test('no message is larger than 64 kB, and together they are the output', async () => {
  const { told, write } = attached()
  write(HIGH_WATERMARK - 1)
  expect(Math.max(...told.map(({ size }) => size))).toBe(64 * 1024)
  for (const [i, { offset }] of told.entries()) expect(offset).toBe(i * 64 * 1024)
})

test('a browser that acknowledges nothing for long is reported, one that is slow is not', async () => {
  const { clock, attachment, write, stalled } = attached()
  write(2 * HIGH_WATERMARK)
  for (let i = 1; i <= 4; i += 1) {
    await clock.pass(60_000)
    attachment.acknowledge(i * 1_000)
  }
  expect(stalled()).toBe(0)
  await clock.pass(89_999)
  expect(stalled()).toBe(0)
  await clock.pass(1)
  expect(stalled()).toBe(1)
})

test('an idle terminal stalls nobody', async () => {
  const { clock, write, stalled } = attached()
  write(HIGH_WATERMARK - 1)
  await clock.pass(1_000_000)
  expect(stalled()).toBe(0)
})

test('the exit comes after the last byte', async () => {
  const { attachment, write, sent, exits } = attached()
  write(HIGH_WATERMARK + 10)
  attachment.end(7)
  expect(exits).toEqual([])
  attachment.acknowledge(HIGH_WATERMARK)
  expect(sent()).toBe(HIGH_WATERMARK + 10)
  expect(exits).toEqual([7])
  attachment.acknowledge(HIGH_WATERMARK + 10)
  expect(exits).toEqual([7])
})

test('one that fell out of the ring is sent nothing wrong', async () => {
  const { clock, attachment, write, sent } = attached()
  write(HIGH_WATERMARK)
  for (let i = 0; i < 8; i += 1) write(HIGH_WATERMARK)
  await clock.pass(10)
  expect(attachment.isLost).toBe(true)
  attachment.acknowledge(HIGH_WATERMARK)
  expect(sent()).toBe(HIGH_WATERMARK)
})

test('after a cut nothing more is sent and the viewer knows', async () => {
  const { clock, attachment, write, told, detached, stalled } = attached()
  write(1)
  write(2 * HIGH_WATERMARK)
  attachment.cut()
  await clock.pass(1_000_000)
  expect(told).toHaveLength(1)
  expect([detached(), stalled()]).toEqual([1, 0])
})
