import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Misuse } from './usage.ts'

const options = {
  jobs: { type: 'string' },
  only: { type: 'string', multiple: true },
  repeat: { type: 'string' },
  format: { type: 'string' },
  json: { type: 'boolean' },
  out: { type: 'string' },
  busy: { type: 'boolean' },
  mutants: { type: 'boolean' },
} as const

const formats = ['table', 'junit', 'json'] as const

export interface TestArgs {
  slugs: string[]
  /** Solutions or tasks; empty for all. */
  only: string[]
  jobs: number
  repeat: number
  format: (typeof formats)[number]
  /** Where the report goes; standard output without, where it takes the place of the table. */
  out: string | undefined
  busy: boolean
  mutants: boolean
}

/**
 * Trials at once: twice the cores, since a trial waits for stops as long as it computes. On 2 cores 9 trials with stops of 10 s
 * took 83 s by two, 54 s by four, 52 s by six.
 */
export const JOBS = Math.min(16, 2 * availableParallelism())
const MAX_JOBS = 32
const MAX_REPEAT = 1000

/** The words after `labs test`. Throws Misuse. */
export function readTestArgs(args: readonly string[]): TestArgs {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const format = values.format ?? (values.json ? 'json' : 'table')
  const known = formats.find((each) => each === format)
  if (!known) throw new Misuse(`--format is one of ${formats.join(', ')}`)
  if (values.out !== undefined && known === 'table') throw new Misuse('--out needs --format junit or json')
  return {
    slugs: positionals,
    only: (values.only ?? []).flatMap((names) => names.split(',')).filter(Boolean),
    jobs: countIn('--jobs', values.jobs, JOBS, MAX_JOBS),
    repeat: countIn('--repeat', values.repeat, 1, MAX_REPEAT),
    format: known,
    out: values.out,
    busy: values.busy ?? false,
    mutants: values.mutants ?? false,
  }
}

function countIn(name: string, given: string | undefined, otherwise: number, most: number): number {
  if (given === undefined) return otherwise
  const count = Number(given)
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new Misuse(`${name} is a number from 1 to ${most}`)
  return count
}
