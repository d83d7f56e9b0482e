import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { JournalEvent } from '../../checks/check.ts'
import { systemClock } from '../clock.ts'
import { checkContext } from './check-context.ts'
import { StudentEngine } from './student-engine.ts'

/** A context whose sandbox runs a program that writes so and ends so. */
function contextWith(
  write: (out: PassThrough) => void,
  exit: number | undefined,
  signal = new AbortController().signal,
) {
  const order: string[] = []
  const row = (seq: number, timeNano: string): JournalEvent => {
    return { kind: 'event', seq, timeNano, type: 'container', action: 'start', actorId: 'a', attributes: {} }
  }
  const context = checkContext(
    {
      engine: new StudentEngine({
        dial: () => Promise.reject(new Error('no engine')),
        clock: systemClock,
        seed: 'seed',
      }),
      journal: { flush: async () => void order.push('flush') },
      readRows: async () => {
        order.push('read')
        return [row(1, '20'), row(2, '9'), row(3, '100')]
      },
      sandbox: {
        async exec() {
          const stream = new PassThrough()
          write(stream)
          return { stream, stderr: () => 'warned', exit: Promise.resolve(exit), resize: async () => {} }
        },
      },
      answers: new Map(),
      images: new Map(),
      seed: 'seed',
      clock: systemClock,
    },
    signal,
  )
  return { context, order }
}

test('the journal is complete before it is read, and in the order of time', async () => {
  const { context, order } = contextWith(() => {}, 0)
  expect((await context.journal()).map((row) => row.timeNano)).toEqual(['9', '20', '100'])
  expect(order).toEqual(['flush', 'read'])
})

test('a program in the sandbox is bounded in size and time', async () => {
  const talks = contextWith((out) => void out.write('é'), 3)
  expect(await talks.context.exec(['/bin/true'])).toEqual({ exitCode: 3, stdout: 'é', stderr: 'warned' })
  const babbles = contextWith((out) => void out.write('x'.repeat(2_000)), 0)
  await expect(babbles.context.exec(['/bin/yes'], { maxBytes: 1_000 })).rejects.toMatchObject({
    code: 'probe-failed',
  })
  const hangs = contextWith((out) => (out.end = (() => out) as typeof out.end), 0)
  await expect(hangs.context.exec(['/bin/cat'], { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'probe-failed',
  })
  const gone = contextWith(() => {}, undefined)
  await expect(gone.context.exec(['/bin/true'])).rejects.toMatchObject({ code: 'sandbox-gone' })
})

test('waiting and asking end with the check', async () => {
  const ending = new AbortController()
  const { context } = contextWith(() => {}, 0, ending.signal)
  const waiting = context.wait(60_000)
  ending.abort(new Error('over'))
  await expect(waiting).rejects.toThrow('over')
  await expect(context.wait(1)).rejects.toThrow('over')
  await expect(context.journal()).rejects.toThrow('over')
  await expect(context.engine.container('mine')).rejects.toThrow('over')
})
