import { expect, test } from 'vitest'
import type { SandboxUsage } from '../sandbox/sandbox-driver.ts'
import { TestClock } from '../test-clock.ts'
import { CpuWatch } from './cpu-watch.ts'

/** Sandboxes that use so many cores, looked at every two seconds. */
function watched(cores: Record<string, number>) {
  const clock = new TestClock()
  const yielding = new Set<string>()
  const used = new Map<string, number>()
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const usage = async (): Promise<SandboxUsage[]> =>
    Object.entries(cores).map(([sandbox, busy]) => {
      used.set(sandbox, (used.get(sandbox) ?? 5e9) + busy * 2e9)
      const cpuNanos = used.get(sandbox) as number
      return { sandbox, memoryBytes: 0, cpuNanos, yields: yielding.has(sandbox) }
    })
  const yieldCpu = async (sandbox: string, yields: boolean) =>
    void (yields ? yielding.add(sandbox) : yielding.delete(sandbox))
  const watch = new CpuWatch({ driver: { usage, yieldCpu }, clock, log, engineReady: () => true })
  watch.start()
  return {
    cores,
    yielding,
    async looks(count: number) {
      for (let n = 0; n < count; n += 1) {
        await clock.pass(2_000)
        // A look is over, and the next is set, a few turns later.
        for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
      }
    },
  }
}

test('who keeps a core busy for long yields, and no more when it has been calm for a while', async () => {
  const { cores, yielding, looks } = watched({ busy: 1, idle: 0.02 })
  await looks(1)
  expect([...yielding], 'a moment of work is nobody’s harm').toEqual([])
  await looks(3)
  expect([...yielding]).toEqual(['busy'])
  cores.busy = 0.15
  await looks(20)
  expect([...yielding], 'half calm').toEqual(['busy'])
  cores.busy = 0
  await looks(3)
  expect([...yielding]).toEqual([])
})

test('one that yielded under an earlier server gets its share back', async () => {
  const { yielding, looks } = watched({ calm: 0.01 })
  yielding.add('calm')
  await looks(1)
  expect([...yielding]).toEqual([])
})
