import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checks } from '../checks/registry.ts'
import { loadConfig } from '../server/config.ts'
import { claimsOf, prove } from '../server/services/lab-proof.ts'
import { type TestTrials, testTrials } from '../server/services/test-trials.ts'
import { loadLabs } from './load-labs.ts'

const { labs, invalid } = await loadLabs(loadConfig().labsDir, checks)
/** Setup, script and checks of the slowest: two stops of ten seconds each, on a busy machine. */
const TRIAL_MS = 180_000

let trials: TestTrials

beforeAll(async () => {
  trials = await testTrials('labs')
})
afterAll(async () => {
  expect(await trials.close()).toEqual([])
})

test('every lab can be used', () => {
  expect(invalid.map(({ message }) => message)).toEqual([])
  expect(labs.map(({ slug }) => slug)).toEqual(
    expect.arrayContaining(['oom-exit-137', 'bridge-dns', 'pid1-signals']),
  )
})

describe.for(labs)('$slug', { concurrent: true }, (lab) => {
  for (const claim of claimsOf(lab)) {
    const { solution } = claim
    const name = !solution
      ? 'the untouched start passes nothing'
      : solution.fails
        ? `${solution.name} gets ${solution.fails.code} on ${solution.fails.task}`
        : `${solution.name} passes ${solution.passes.join(', ')}`
    test(name, { timeout: TRIAL_MS }, async () => {
      const { observed, expected } = (await prove(trials.deps, claim)).row
      expect(observed).toBe(expected)
    })
  }
})
