import { expect, test } from 'vitest'
import { causeOfDeath } from './cause-of-death.ts'
import { inOrder } from './journal-rows.ts'
import { clockGap, killedByKernel, row, rowGap } from './testing/recorded.ts'

const cause = (rows: Parameters<typeof causeOfDeath>[0]) => causeOfDeath(rows)?.cause
const die = (ms: number, exitCode = '137') => row('die', ms, { exitCode })

test('three ways to 137', () => {
  expect(cause(killedByKernel())).toBe('oom')
  expect(cause([row('start', 0), row('kill', 10, { signal: '9' }), die(12)])).toBe('killed')
  expect(cause([row('start', 0), die(12)])).toBe('exited')
})

test('an oom event does not make a kill by the kernel of another end', () => {
  expect(cause([row('start', 0), row('oom', 5), row('kill', 10, { signal: '9' }), die(12)])).toBe('killed')
  expect(cause([row('start', 0), row('oom', 5), die(60_000)])).toBe('exited')
  expect(cause([row('start', 0), row('oom', 5), die(12, '1')])).toBe('exited')
  expect(cause([...killedByKernel(), row('start', 1_000), die(1_010)])).toBe('exited')
})

test('the last life that ended counts, and none is none', () => {
  expect(cause([...killedByKernel(), row('start', 1_000)])).toBe('oom')
  expect(causeOfDeath([row('create', 0), row('start', 1)])).toBeUndefined()
  expect(causeOfDeath([])).toBeUndefined()
})

test('where events may be missing it is not known', () => {
  expect(cause([row('start', 0), rowGap('lost', 5), die(12)])).toBe('unknown')
  expect(cause([row('start', 0), row('oom', 4), rowGap('lost', 5), die(12)])).toBe('unknown')
  expect(cause([row('start', 0), rowGap('lost', 5), row('kill', 10, { signal: '9' }), die(12)])).toBe(
    'killed',
  )
  expect(cause([rowGap('lost', 0), ...killedByKernel()])).toBe('oom')
  const start = row('start', 0)
  const ahead = row('kill', 9_000, { signal: '9' })
  expect(cause(inOrder([start, ahead, die(12), clockGap(ahead, 13), row('destroy', 20)]))).toBe('unknown')
})
