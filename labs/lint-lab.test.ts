import { expect, test } from 'vitest'
import { checks } from '../checks/registry.ts'
import type { Lab, LabTask, Solution } from './lab-schema.ts'
import { lintLab } from './lint-lab.ts'

const images = new Map([
  ['busybox:1', 'A box.'],
  ['lab/eater:1', 'Eats.'],
])
const bad = (name: string, code: string, script = ''): Solution => ({
  kind: 'bad',
  name,
  script,
  passes: [],
  fails: { task: 'stay', code },
  teaches: 'x',
})
const good: Solution = { kind: 'good', name: 'plain', script: '', passes: ['stay'], teaches: '' }
const task: LabTask = {
  id: 'stay',
  title: 'Stay',
  body: 'Do it.',
  checks: [
    {
      use: 'field',
      with: { ref: 'boat', path: 'State.Running', eq: true },
      codes: { 'field-mismatch': 'not-running' },
      messages: {},
    },
  ],
  answers: [{ name: 'wood', label: 'Which?' }],
  weight: 1,
  grading: 'latched',
  hints: ['look'],
  misconceptions: {},
  verifyScript: undefined,
}
const lab: Lab = {
  slug: 'boat',
  title: 'A boat',
  promise: 'x',
  track: 'Foundations',
  order: 1,
  minutes: 5,
  level: 'start',
  needs: [],
  model: 'x',
  goals: ['x'],
  images: [{ name: 'busybox:1', about: 'A box.' }],
  tools: [],
  brief: 'x',
  afterword: 'x',
  resume: undefined,
  hint_cost: 0,
  time: {},
  resources: {},
  setup: undefined,
  solutions: [good, bad('ends', 'not-running')],
  contentHash: '0',
  checks,
  tasks: [task],
}

const file = {
  problem: (path: readonly PropertyKey[], message: string) => ({
    file: 'boat/lab.yaml',
    line: 1,
    column: 1,
    field: path.join('.'),
    message,
  }),
  at: () => undefined,
}
const lint = (changes: Partial<Lab> = {}, solutions = { good: 1, bad: 1 }) =>
  lintLab({ ...lab, ...changes }, file, { images, solutions }).map(
    ({ level, file: name, line, column, field, message }) =>
      [level, field ?? `${name}${line ? `:${line}:${column}` : ''}`, message] as const,
  )
const withTask = (changes: Partial<LabTask>) => ({ tasks: [{ ...task, ...changes }] })

test('there is nothing to say about a lab that is complete', () => {
  expect(lint()).toEqual([])
})

test('a lab needs so many solutions of each kind', () => {
  expect(lint({ solutions: [good] })).toEqual([
    ['problem', 'boat/solutions/bad', 'there is no bad solution; a lab needs 1'],
    ['warning', 'tasks.0.id', 'no bad solution fails stay'],
  ])
  expect(lint({}, { good: 2, bad: 6 })).toEqual([
    ['problem', 'boat/solutions/good', 'there is only 1 good solution; a lab needs 2'],
    ['problem', 'boat/solutions/bad', 'there is only 1 bad solution; a lab needs 6'],
  ])
})

test('a task that no good solution passes cannot be trusted', () => {
  expect(lint({ solutions: [{ ...good, passes: [] }, bad('ends', 'not-running')] })).toEqual([
    ['problem', 'tasks.0.id', 'no good solution passes stay'],
  ])
})

test('a check of which no bad solution expects a code is named', () => {
  const exists = {
    use: 'object_exists',
    with: { ref: 'boat' },
    codes: { 'object-missing': 'no-boat' },
    messages: {},
  }
  expect(lint(withTask({ checks: [exists, ...task.checks] }))).toEqual([
    [
      'warning',
      'tasks.0.checks.0.use',
      'no bad solution expects a code of this check: no-boat, object-unexpected',
    ],
  ])
})

test('weights that are all nothing leave nothing to grade by', () => {
  expect(lint(withTask({ weight: 0 }))).toEqual([
    ['problem', 'tasks', 'no task has a weight, so there is nothing to grade by'],
  ])
})

test('a clean room needs a task that is judged at submission', () => {
  const verify = { 'clean-room': { files: [], images: [], script: 'stay.sh' } }
  expect(lint(withTask({ verify }))).toMatchObject([
    ['warning', 'tasks.0.verify', expect.stringContaining('must-hold')],
  ])
  expect(lint(withTask({ verify, grading: 'must-hold' }))).toEqual([])
})

test('a placeholder that is never filled in is named', () => {
  const [check] = task.checks
  const messages = { 'not-running': 'boat is {obseved}; `docker inspect -f {{.State}}` and {any} stay.' }
  expect(lint(withTask({ checks: check ? [{ ...check, messages }] : [] }))).toEqual([
    [
      'warning',
      'tasks.0.checks.0.messages.not-running',
      '{obseved} is not filled in; did you mean `{observed}`?',
    ],
  ])
})

test.each([
  [
    'an image that the lab does not list',
    'Run `docker run lab/eater:1`.',
    'boat/brief.md:1:17',
    'names lab/eater:1, which is not among the images of lab.yaml',
  ],
  [
    'a lab image with another tag',
    'See.\n\n    docker run busybox:2.\n',
    'boat/brief.md:3:16',
    'there is no lab image busybox:2; did you mean `busybox:1`?',
  ],
  [
    'a command of docker misspelt',
    '```\n$ docker exce boat ls\n```\n',
    'boat/brief.md:2:3',
    'docker has no command exce; did you mean `exec`?',
  ],
  [
    'an answer to no field',
    'Then `answer wod oak`.',
    'boat/brief.md:1:7',
    'there is no answer field wod; did you mean `wood`?',
  ],
  ['a fence that is not closed', 'So:\n```sh\ndocker ps\n', 'boat/brief.md:2:1', 'this fence is not closed'],
])('%s is named with its place', (_what, brief, place, message) => {
  expect(lint({ brief })).toEqual([['warning', place, message]])
})

test('what is quoted, built or of a program of its own is left alone', () => {
  const brief =
    'It says busybox:11:22 or registry/busybox:9/x. Then `docker build -t busybox:2 .` and `answer FIELD VALUE`.'
  const setup = "cat > x <<'END'\ndocker frobnicate\nanswer me now\nEND\necho 'docker exce'\n"
  expect(lint({ brief, setup })).toEqual([])
})

test('hints are looked at where they stand in lab.yaml', () => {
  expect(
    lint(withTask({ hints: { any: ['look'], 'not-running': ['try `docker rnu -d busybox:1 sleep 9`'] } })),
  ).toEqual([['warning', 'tasks.0.hints.not-running.0', 'docker has no command rnu; did you mean `run`?']])
})
