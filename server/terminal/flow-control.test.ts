import { expect, test } from 'vitest'
import { ACK_BYTES, HIGH_WATERMARK } from '../contract/realtime.ts'
import { DETACHED_BYTES_PER_SECOND, DetachedBudget, FlowControl } from './flow-control.ts'
import { RING_BYTES } from './output-ring.ts'

test('the named numbers hold together', () => {
  expect(ACK_BYTES).toBeLessThan(HIGH_WATERMARK)
  expect(HIGH_WATERMARK).toBeLessThan(RING_BYTES)
})

test('room shrinks as bytes are sent and grows as they are acknowledged', () => {
  const flow = new FlowControl(1_000)
  expect(flow.room).toBe(HIGH_WATERMARK)
  flow.take(HIGH_WATERMARK)
  expect(flow.room).toBe(0)
  expect(flow.acknowledge(1_000 + ACK_BYTES)).toBe(true)
  expect(flow.room).toBe(ACK_BYTES)
})

test('an acknowledgement of old bytes or of bytes never sent gains nothing', () => {
  const flow = new FlowControl(0)
  flow.take(100)
  expect(flow.acknowledge(60)).toBe(true)
  expect(flow.acknowledge(60)).toBe(false)
  expect(flow.acknowledge(10)).toBe(false)
  expect(flow.acknowledge(Number.MAX_SAFE_INTEGER)).toBe(true)
  expect(flow.room).toBe(HIGH_WATERMARK)
  expect(flow.acknowledge(Number.MAX_SAFE_INTEGER)).toBe(false)
})

test('the shell waits from the watermark on', () => {
  const flow = new FlowControl(0)
  expect(flow.isBehind(HIGH_WATERMARK - 1)).toBe(false)
  expect(flow.isBehind(HIGH_WATERMARK)).toBe(true)
  flow.take(10)
  flow.acknowledge(1)
  expect(flow.isBehind(HIGH_WATERMARK)).toBe(false)
})

test('a shell that nobody looks at is read at a bounded rate', () => {
  const budget = new DetachedBudget()
  expect(budget.take(DETACHED_BYTES_PER_SECOND - 1, 0)).toBe(0)
  expect(budget.take(1, 300)).toBe(700)
  expect(budget.take(0, 999)).toBe(1)
  expect(budget.take(0, 1_000)).toBe(0)
})
