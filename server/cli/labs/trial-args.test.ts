import { expect, test } from 'vitest'
import type { Lab } from '../../../labs/lab-schema.ts'
import { chosenClaims } from './chosen-claims.ts'
import { JOBS, readTestArgs } from './trial-args.ts'

test('without options all labs are tried once, as a table', () => {
  expect(readTestArgs([])).toEqual({
    slugs: [],
    only: [],
    jobs: JOBS,
    repeat: 1,
    format: 'table',
    out: undefined,
    busy: false,
    mutants: false,
  })
})

test('options are taken as given', () => {
  const args =
    'boat --only plain,stay --only start --jobs 4 --repeat 20 --busy --mutants --format junit --out x.xml'
  expect(readTestArgs(args.split(' '))).toEqual({
    slugs: ['boat'],
    only: ['plain', 'stay', 'start'],
    jobs: 4,
    repeat: 20,
    format: 'junit',
    out: 'x.xml',
    busy: true,
    mutants: true,
  })
  expect(readTestArgs(['--json']).format).toBe('json')
})

test.each([
  ['--jobs 0', '--jobs is a number from 1 to 32'],
  ['--jobs 1.5', '--jobs is a number from 1 to 32'],
  ['--repeat many', '--repeat is a number from 1 to 1000'],
  ['--format xml', '--format is one of table, junit, json'],
  ['--out x.json', '--out needs --format junit or json'],
  ['--job 3', "Unknown option '--job'"],
])('%s is refused', (args, message) => {
  expect(() => readTestArgs(args.split(' '))).toThrow(message)
})

const lab = {
  slug: 'boat',
  tasks: [{ id: 'stay' }, { id: 'sink' }],
  solutions: [
    { kind: 'good', name: 'plain', passes: ['stay', 'sink'] },
    { kind: 'good', name: 'half', passes: ['stay'] },
    { kind: 'bad', name: 'leak', passes: [], fails: { task: 'sink', code: 'wet' } },
  ],
} as unknown as Lab

test.each([
  [[], ['start', 'plain', 'half', 'leak']],
  [
    ['leak', 'start'],
    ['start', 'leak'],
  ],
  [['sink'], ['plain', 'leak']],
])('--only %j leaves %j', (only, names) => {
  expect(chosenClaims([lab], only).map(({ solution }) => solution?.name ?? 'start')).toEqual(names)
})

test('a name that is neither a solution nor a task is refused with the one that was meant', () => {
  expect(() => chosenClaims([lab], ['leek'])).toThrow(
    'there is no solution or task leek; did you mean `leak`?',
  )
})
