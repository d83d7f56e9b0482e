import { describe, expect, test } from 'vitest'
import { type Clock, systemClock } from './clock.ts'
import { TestClock } from './test-clock.ts'

function clockSuite(open: () => { clock: Clock; pass: (ms: number) => Promise<void> }): void {
  test('calls back once, in the order of time, not before it', async () => {
    const { clock, pass } = open()
    const called: string[] = []
    const began = clock.now()
    clock.after(40, () => called.push('later'))
    clock.after(10, () => called.push('sooner'))
    clock.after(0, () => called.push('at once'))
    expect(called).toEqual([])
    await pass(60)
    expect(called).toEqual(['at once', 'sooner', 'later'])
    expect(clock.now()).toBeGreaterThanOrEqual(began + 59)
    await pass(60)
    expect(called).toHaveLength(3)
  })

  test('what is cancelled is not called, and may be cancelled again', async () => {
    const { clock, pass } = open()
    const called: string[] = []
    const cancel = clock.after(10, () => called.push('cancelled'))
    clock.after(20, () => called.push('kept'))
    cancel()
    cancel()
    await pass(40)
    expect(called).toEqual(['kept'])
  })

  test('what is asked for in a call comes in its turn', async () => {
    const { clock, pass } = open()
    const called: string[] = []
    clock.after(5, () => {
      called.push('first')
      clock.after(5, () => called.push('second'))
    })
    await pass(40)
    expect(called).toEqual(['first', 'second'])
  })
}

describe('the system clock', () => {
  clockSuite(() => ({ clock: systemClock, pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }))
})

describe('the test clock', () => {
  clockSuite(() => {
    const clock = new TestClock()
    return { clock, pass: (ms) => clock.pass(ms) }
  })
})
