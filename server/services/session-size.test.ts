import { expect, test } from 'vitest'
import { usualSize } from '../sandbox/limits.ts'
import { capOf, isSameSize, sizeFor } from './session-size.ts'

const GiB = 1 << 30
const cap = capOf({ maxMemoryMb: 2048, maxDiskGb: 8, maxPids: 1000, maxCpus: 4 })

test('a lab gets what it asks for, else the usual, and never more than the installation gives', () => {
  expect(sizeFor({ resources: {} })).toEqual(usualSize)
  expect(sizeFor(undefined, cap)).toEqual(usualSize)
  const asked = { resources: { memory: '512m', disk: '8g', pids: 800, cpus: 2 } }
  expect(sizeFor(asked, cap)).toEqual({ memoryBytes: GiB / 2, diskBytes: 8 * GiB, pids: 800, cpus: 2 })
  const greedy = { resources: { memory: '64g', disk: '1024g', pids: 5000, cpus: 64 } }
  expect(sizeFor(greedy, cap)).toEqual({ memoryBytes: 2 * GiB, diskBytes: 8 * GiB, pids: 1000, cpus: 4 })
  expect(sizeFor({ resources: { cpus: 2 } }, { ...cap, cpus: 0 }).cpus).toBe(2)
  expect(sizeFor({ resources: {} }, { ...cap, memoryBytes: GiB / 2 }).memoryBytes).toBe(GiB / 2)
})

test('one number that differs makes another size', () => {
  expect(isSameSize(usualSize, { ...usualSize })).toBe(true)
  for (const name of ['memoryBytes', 'diskBytes', 'pids', 'cpus'] as const)
    expect(isSameSize(usualSize, { ...usualSize, [name]: 7 })).toBe(false)
})
