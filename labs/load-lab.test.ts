import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Check, CheckContext } from '../checks/check.ts'
import { registryOf } from '../checks/registry.ts'
import { type CheckUse, runCheck } from '../checks/run-check.ts'
import { LabInvalid } from './lab-invalid.ts'
import type { LabProblem } from './lab-problem.ts'
import { loadLab } from './load-lab.ts'
import { loadLabs } from './load-labs.ts'

const exited: Check<{ container: string; code: number }, null> = {
  name: 'exited',
  about: 'A container has ended with a code.',
  params: z.strictObject({ container: z.string(), code: z.int().default(0) }),
  codes: { missing: 'It is not there.', 'other-code': 'It ended otherwise.' },
  gather: async () => null,
  judge: () => ({ status: 'passed', code: 'passed', message: '', evidence: [] }),
  affectedBy: () => false,
}
const checks = registryOf([exited as Check])
const images = new Map([['busybox:1', 'A box.']])

const yaml = `title: A lab
promise: See it
track: Foundations
order: 1
minutes: 5
level: start
model: One thing is another.
goals: [tell them apart]
images: [busybox:1]
tasks:
  - id: first
    title: Do it
    checks:
      - use: exited
        with: { container: web }
        codes: { other-code: faked }
        messages: { faked: It did not really end. }
    answers:
      - { name: reason, label: Why }
    hints: [look, look there, it is there]
`
const good: Record<string, string> = {
  'lab.yaml': yaml,
  'brief.md': 'Once upon a time.',
  'afterword.md': 'That was it.',
  'tasks/first.md': 'Do the first thing.',
  'setup.sh': 'docker info\n',
  'solutions/good/plain.sh': '# passes: all\ntrue\n',
  'solutions/bad/fake.sh': '# task: first\n# code: faked\n# teaches: that it is not enough\ntrue\n',
}

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'labs-'))
})
afterEach(() => rm(root, { recursive: true }))

async function write(files: Record<string, string | undefined>, slug = 'a-lab'): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) continue
    const file = join(root, slug, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  return join(root, slug)
}

const load = async (changes: Record<string, string | undefined> = {}) =>
  loadLab(await write({ ...good, ...changes }), { checks, images })

async function problems(changes: Record<string, string | undefined>): Promise<readonly LabProblem[]> {
  const error = await load(changes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof LabInvalid)) throw error ?? new Error('the lab was taken as valid')
  return error.problems
}

test('a good lab comes back with bodies, checks and solutions', async () => {
  const lab = await load()
  expect(lab).toMatchObject({
    slug: 'a-lab',
    brief: 'Once upon a time.',
    images: [{ name: 'busybox:1', about: 'A box.' }],
  })
  expect(lab.tasks[0]).toMatchObject({
    id: 'first',
    body: 'Do the first thing.',
    checks: [{ use: 'exited', with: { container: 'web' }, codes: { 'other-code': 'faked' } }],
  })
  expect(lab.solutions).toEqual([
    { kind: 'good', name: 'plain', script: good['solutions/good/plain.sh'], passes: ['first'], teaches: '' },
    {
      kind: 'bad',
      name: 'fake',
      script: good['solutions/bad/fake.sh'],
      passes: [],
      fails: { task: 'first', code: 'faked' },
      teaches: 'that it is not enough',
    },
  ])
})

test('the content hash follows what a student meets and nothing else', async () => {
  const { contentHash } = await load()
  expect(contentHash).toMatch(/^[0-9a-f]{64}$/)
  expect((await load({ 'solutions/good/plain.sh': '# passes: all\nfalse\n' })).contentHash).toBe(contentHash)
  expect((await load({ 'tasks/first.md': 'Do another thing.' })).contentHash).not.toBe(contentHash)
  expect((await load({ 'setup.sh': 'docker ps\n' })).contentHash).not.toBe(contentHash)
})

const ownChecks = `import type { LabChecks } from 'no matter where'

const make: LabChecks = ({ z, defineCheck, passed, notYet }) => [
  defineCheck({
    name: 'lab_greets',
    about: 'It greets.',
    params: z.strictObject({ word: z.string() }),
    codes: { rude: 'It does not greet.' },
    gather: async () => ({ said: 'hello' }),
    judge({ said }: { said: string }, { word }) {
      const evidence = [{ expected: word, observed: said, source: 'thin air' }]
      return said === word ? passed('It greets.', evidence) : notYet('rude', 'It is rude.', evidence)
    },
    affectedBy: () => false,
  }),
]
export default make
`

describe("a lab's own checks", () => {
  const using = (word: string, more = '') => ({
    'checks.ts': ownChecks.replace('hello', word),
    'lab.yaml': yaml.replace(
      '      - use: exited\n',
      `      - use: lab_greets\n        with: { word: hello${more} }\n      - use: any\n        with: { of: [{ use: lab_greets, with: { word: hi } }, { use: lab_greets, with: { word: hello } }] }\n      - use: exited\n`,
    ),
  })
  const greet = async (lab: Awaited<ReturnType<typeof load>>, index: number) => {
    const contextFor = () => ({ signal: AbortSignal.any([]), engine: {} }) as CheckContext
    const deps = { checks: lab.checks, contextFor, after: () => () => {}, now: () => 0 }
    return (await runCheck(deps, 'first', lab.tasks[0]?.checks[index] as CheckUse)).verdict
  }

  test('are there for that lab, also inside others, and for no other', async () => {
    const lab = await load(using('hello'))
    expect(await greet(lab, 0)).toMatchObject({ status: 'passed' })
    expect(await greet(lab, 1)).toMatchObject({ status: 'passed' })
    expect(lab.checks.has('exited')).toBe(true)
    expect(checks.has('lab_greets')).toBe(false)
  })

  test('are loaded again when their text changes, and are part of its version', async () => {
    const first = await load(using('hello'))
    const second = await load(using('good day'))
    expect(await greet(second, 0)).toMatchObject({ code: 'rude' })
    expect(await greet(first, 0)).toMatchObject({ status: 'passed' })
    expect(second.contentHash).not.toBe(first.contentHash)
    const { contentHash } = await load(using('hello'))
    expect(contentHash).toBe(first.contentHash)
  })

  test('have their parameters validated as any', async () => {
    expect(await problems(using('hello', ', loud: yes'))).toMatchObject([
      { file: 'a-lab/lab.yaml', field: 'tasks[0].checks[0].with.loud', message: 'is not a field here' },
    ])
  })

  test.each([
    ['a word of TypeScript that cannot be taken out', 'enum A { b }', 1, 'cannot be loaded: TypeScript enum'],
    ['broken syntax', 'const a = 1\nconst b = = 2', 2, 'cannot be loaded: '],
    ['an error as it is loaded', 'export {}\n\nthrow new Error("dear me")', 3, 'cannot be loaded: dear me'],
    ['an import', "import { z } from 'zod'", undefined, 'imports zod: it may import types only'],
    ['no function', 'export default []', undefined, 'its default export must be a function'],
    ['no list', 'export default () => ({})', undefined, 'must answer a list of at most 20 checks'],
    [
      'a name of Drydock',
      ownChecks.replace('lab_greets', 'events'),
      undefined,
      'check events: name: must be lab_',
    ],
    ['no codes', ownChecks.replace('codes:', 'kodes:'), undefined, 'check lab_greets: codes: '],
    [
      'no judge',
      ownChecks.replace('judge(', 'juge('),
      undefined,
      'check lab_greets: judge: must be a function',
    ],
    [
      'no schema',
      ownChecks.replace('z.strictObject(', '('),
      undefined,
      'check lab_greets: params: must be a zod',
    ],
    [
      'two of a name',
      ownChecks.replace('default make', 'default (given) => [...make(given), ...make(given)]'),
      undefined,
      'there are two checks lab_greets',
    ],
  ] as const)('%s is a problem of the file and hides nothing else', async (_, text, line, message) => {
    const found = await problems({ ...using('hello'), 'checks.ts': text, 'brief.md': '' })
    expect(found).toHaveLength(2)
    expect(found).toContainEqual({ file: 'a-lab/brief.md', message: 'is empty' })
    expect(found).toContainEqual({
      file: 'a-lab/checks.ts',
      ...(line === undefined ? {} : { line }),
      message: expect.stringContaining(message),
    })
  })
})

test('what is wrong in a use inside another is named with its line', async () => {
  const nested = `      - use: any
        with:
          of:
            - use: exited
              with: { container: web }
            - use: exited
              with:
                container: web
                cod: 3
            - use: exitd
`
  const text = yaml
    .replace(/ {6}- use: exited.*?it did not really end\. \}\n/isu, nested)
    .replace('first', 'second')
  const found = await problems({
    'lab.yaml': text,
    'tasks/first.md': undefined,
    'tasks/second.md': 'Do it.',
    'solutions/bad/fake.sh': undefined,
    'solutions/bad/none.sh': '# task: second\n# code: none-passed\n# teaches: that one is needed\ntrue\n',
  })
  const at = (line: string) => text.split('\n').indexOf(line) + 1
  const field = 'tasks[0].checks[0].with.of'
  expect(found).toMatchObject([
    {
      line: at('                cod: 3'),
      field: `${field}[1].with.cod`,
      message: 'is not a field here; did you mean `code`?',
    },
    {
      line: at('            - use: exitd'),
      field: `${field}[2].use`,
      message: 'there is no check exitd; did you mean `exited`?',
    },
  ])
})

const inYaml = (from: string, to: string) => {
  expect(yaml).toContain(from)
  return { 'lab.yaml': yaml.replace(from, to) }
}

test.each([
  ['a field of the wrong type', inYaml('minutes: 5', 'minutes: soon'), { line: 5, field: 'minutes' }],
  [
    'a field that is not one',
    inYaml('level: start', 'level: start\nlevle: core'),
    { line: 7, field: 'levle' },
  ],
  ['a field left out', inYaml('title: Do it', ''), { line: 11, field: 'tasks[0].title' }],
  ['broken syntax', inYaml('level: start', 'level: "start" now'), { line: 6 }],
  ['a key given twice', inYaml('order: 1', 'order: 1\norder: 2'), { line: 5 }],
  [
    'an alias',
    inYaml('title: A lab', 'title: &a A lab\nmodel2: *a'),
    { line: 1, message: 'anchors are not allowed' },
  ],
  ['a tag', inYaml('title: A lab', 'title: !!binary QQ=='), { line: 1 }],
  ['no hints', inYaml('[look, look there, it is there]', '[]'), { line: 20, field: 'tasks[0].hints' }],
  ['an unknown check', inYaml('use: exited', 'use: exploded'), { line: 14, field: 'tasks[0].checks[0].use' }],
  [
    'a wrong parameter',
    inYaml('container: web', 'container: 7'),
    { line: 15, field: 'tasks[0].checks[0].with.container' },
  ],
  [
    'a parameter that is not one',
    inYaml('web }', 'web, since: now }'),
    { line: 15, field: 'tasks[0].checks[0].with.since' },
  ],
  [
    'an alias of no code',
    inYaml('other-code: faked', 'oter-code: faked'),
    { line: 16, field: 'tasks[0].checks[0].codes.oter-code' },
  ],
  [
    'a message for no code',
    inYaml('{ faked: It', '{ fake: It'),
    { line: 17, field: 'tasks[0].checks[0].messages.fake' },
  ],
  ['an image that is not there', inYaml('[busybox:1]', '[ubuntu:1]'), { line: 9, field: 'images[0]' }],
  [
    'a field misspelt',
    inYaml('promise: See it', 'promis: See it'),
    { line: 2, column: 1, field: 'promis', message: 'is not a field here; did you mean `promise`?' },
  ],
  [
    'a field left out',
    inYaml('promise: See it\n', ''),
    { line: 1, column: 1, field: 'promise', message: 'is missing' },
  ],
  [
    'a field misspelt far inside',
    inYaml('label: Why', 'lable: Why'),
    {
      line: 19,
      column: 25,
      field: 'tasks[0].answers[0].lable',
      message: 'is not a field here; did you mean `label`?',
    },
  ],
  [
    'a value that is none of the choice',
    inYaml('level: start', 'level: strat'),
    { line: 6, column: 1, field: 'level', message: 'cannot be "strat"; did you mean `start`?' },
  ],
  [
    'a value far from any of the choice',
    inYaml('level: start', 'level: beginner'),
    { message: 'must be one of start, core, deep' },
  ],
  [
    'a value of another kind',
    inYaml('goals: [tell them apart]', 'goals: tell them apart'),
    { line: 8, column: 1, field: 'goals', message: 'must be a list, not text' },
  ],
  [
    'a field without a value',
    inYaml('title: A lab', 'title:'),
    { field: 'title', message: 'must be text, not empty' },
  ],
  [
    'a number out of bounds',
    inYaml('minutes: 5', 'minutes: 500'),
    { field: 'minutes', message: 'must be at most 240' },
  ],
  [
    'a check misspelt',
    inYaml('use: exited', 'use: exitde'),
    {
      line: 14,
      column: 9,
      field: 'tasks[0].checks[0].use',
      message: 'there is no check exitde; did you mean `exited`?',
    },
  ],
  [
    'a parameter misspelt',
    inYaml('container: web', 'contianer: web'),
    {
      line: 15,
      column: 17,
      field: 'tasks[0].checks[0].with.contianer',
      message: 'is not a field here; did you mean `container`?',
    },
  ],
  [
    'a code misspelt',
    inYaml('other-code: faked', 'oter-code: faked'),
    {
      line: 16,
      column: 18,
      field: 'tasks[0].checks[0].codes.oter-code',
      message: 'exited has no such code; did you mean `other-code`?',
    },
  ],
  [
    'an image misspelt',
    inYaml('[busybox:1]', '[busibox:1]'),
    {
      line: 9,
      column: 10,
      field: 'images[0]',
      message: 'there is no lab image busibox:1; did you mean `busybox:1`?',
    },
  ],
  [
    'a ladder of hints for no code',
    inYaml('[look, look there, it is there]', '{ any: [look], fakde: [look] }'),
    {
      line: 20,
      column: 27,
      field: 'tasks[0].hints.fakde',
      message: 'the task never answers fakde; did you mean `faked`?',
    },
  ],
  [
    'a misconception for no code',
    inYaml('title: Do it', 'title: Do it\n    misconceptions: { none: exit-code }'),
    { line: 13, column: 23, field: 'tasks[0].misconceptions.none' },
  ],
  [
    'ladders of hints without one for all',
    inYaml('[look, look there, it is there]', '{ faked: [look] }'),
    { line: 20, column: 5, field: 'tasks[0].hints', message: 'needs a ladder called any' },
  ],
  [
    'a hint that is a number',
    inYaml('[look, look there, it is there]', '[look, 7]'),
    { line: 20, column: 19, field: 'tasks[0].hints[1]', message: 'must be text, not a number' },
  ],
  [
    'hints of another kind',
    inYaml('[look, look there, it is there]', 'look'),
    { field: 'tasks[0].hints', message: 'must be a list or a set of fields, not text' },
  ],
  [
    'a control character in a title',
    inYaml('title: A lab', 'title: "A \\e[31mred lab"'),
    { line: 1, column: 1, field: 'title', message: 'has the control character U+001B' },
  ],
  [
    'a title that turns the writing around',
    inYaml('title: A lab', 'title: "A \u202elab"'),
    { file: 'a-lab/lab.yaml', line: 1, column: 11, message: 'has the control character U+202E' },
  ],
  [
    'a control character in a key',
    inYaml('level: start', 'level: start\n"le\\e[2Jvel": core'),
    { line: 7, column: 1, field: 'leU+001B[2Jvel', message: 'is not a field here' },
  ],
  [
    'a control character in a text',
    { 'brief.md': 'Once\nupon \u001b[2J a time' },
    { file: 'a-lab/brief.md', line: 2, column: 6, message: 'has the control character U+001B' },
  ],
  [
    'a file name with an escape',
    { 'br\u001b[2Jief.md': 'x' },
    { file: 'a-lab/brU+001B[2Jief.md', message: 'is not a file of a lab; did you mean `brief.md`?' },
  ],
  [
    'line ends of Windows in a script',
    { 'setup.sh': 'true\r\ndocker ps\r\n' },
    { file: 'a-lab/setup.sh', line: 1, column: 5 },
  ],
  [
    'a file name misspelt',
    { 'breif.md': 'x' },
    { file: 'a-lab/breif.md', message: 'is not a file of a lab; did you mean `brief.md`?' },
  ],
  [
    'a body misspelt',
    { 'tasks/frist.md': 'x' },
    { file: 'a-lab/tasks/frist.md', message: 'belongs to no task of lab.yaml; did you mean `first.md`?' },
  ],
  [
    'a script of no clean room',
    { 'verify/first.sh': 'true' },
    { file: 'a-lab/verify/first.sh', message: 'belongs to no task of lab.yaml' },
  ],
  [
    'a script of a clean room outside of its folder',
    inYaml('title: Do it', 'title: Do it\n    verify: { clean-room: { script: ../setup.sh } }'),
    { line: 13, column: 29, field: 'tasks[0].verify.clean-room.script' },
  ],
  [
    'a task id that leads out of the folder',
    inYaml('id: first', 'id: ../../first'),
    { line: 11, column: 5, field: 'tasks[0].id' },
  ],
  [
    'a file of ten megabytes',
    { 'lab.yaml': `title: ${'x'.repeat(10 * 1024 * 1024)}` },
    { file: 'a-lab/lab.yaml', message: 'is larger than 65536 bytes' },
  ],
  [
    'a list of a hundred tasks',
    inYaml('goals: [tell them apart]', `goals: [${'x, '.repeat(100)}x]`),
    { line: 8, column: 1, field: 'goals', message: 'must be at most 6 entries long' },
  ],
  ['only a comment', { 'lab.yaml': '# nothing\n' }, { line: 1, column: 1 }],
  ['a list', { 'lab.yaml': '- a\n' }, { line: 1, column: 1, message: 'must be a set of fields, not a list' }],
  [
    'a missing body',
    { 'tasks/first.md': undefined },
    { file: 'a-lab/tasks/first.md', message: 'is missing' },
  ],
  ['an empty brief', { 'brief.md': ' \n' }, { file: 'a-lab/brief.md', message: 'is empty' }],
  ['a body of no task', { 'tasks/second.md': 'x' }, { file: 'a-lab/tasks/second.md' }],
  ['a file that is none of a lab', { 'breif.md': 'x' }, { file: 'a-lab/breif.md' }],
  [
    'a huge file',
    { 'brief.md': 'x'.repeat(64 * 1024 + 1) },
    { file: 'a-lab/brief.md', message: 'is larger than 65536 bytes' },
  ],
  ['no good solution', { 'solutions/good/plain.sh': undefined }, { file: 'a-lab/solutions/good' }],
  [
    'a good solution of no task',
    { 'solutions/good/plain.sh': '# passes: second\n' },
    { line: 1, column: 3, field: 'passes', message: 'there is no task second' },
  ],
  [
    'a bad solution with a code that the task never answers',
    { 'solutions/bad/fake.sh': '# task: first\n# code: other-code\n# teaches: x\n' },
    {
      file: 'a-lab/solutions/bad/fake.sh',
      line: 2,
      column: 3,
      field: 'code',
      message: 'the task first never answers other-code; it can answer missing, faked',
    },
  ],
  [
    'a bad solution with a code misspelt',
    { 'solutions/bad/fake.sh': '# task: first\n# code: fakde\n# teaches: x\n' },
    {
      line: 2,
      column: 3,
      field: 'code',
      message: 'the task first never answers fakde; did you mean `faked`?',
    },
  ],
  [
    'a bad solution of a task misspelt',
    { 'solutions/bad/fake.sh': '# task: frist\n# code: faked\n# teaches: x\n' },
    { line: 1, column: 3, field: 'task', message: 'there is no task frist; did you mean `first`?' },
  ],
  [
    'a solution with a field misspelt',
    { 'solutions/bad/fake.sh': '# task: first\n# code: faked\n# teahces: x\n' },
    { line: 3, column: 3, field: 'teahces', message: 'is not a field here; did you mean `teaches`?' },
  ],
  [
    'a bad solution without a task',
    { 'solutions/bad/fake.sh': '# code: faked\n# teaches: x\n' },
    { field: 'task', message: 'is missing' },
  ],
  [
    'a solution with a strange name',
    { 'solutions/bad/fake.txt': 'x' },
    { file: 'a-lab/solutions/bad/fake.txt' },
  ],
])('%s is named with its place', async (_what, changes, expected) => {
  expect(await problems(changes)).toContainEqual(expect.objectContaining(expected))
})

test('names used twice in a lab are refused', async () => {
  const second = yaml.slice(yaml.indexOf('  - id: first'))
  const found = await problems({ 'lab.yaml': yaml + second })
  expect(found.map(({ field, line }) => [field, line])).toEqual([
    ['tasks[1].id', 21],
    ['tasks[1].answers[0].name', 29],
  ])
})

test('a bomb of aliases and a pit of brackets are refused at once', async () => {
  const levels = Array.from(
    { length: 9 },
    (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}, *a${n}, *a${n}, *a${n}]`,
  )
  const bomb = `a0: &a0 x\n${levels.join('\n')}\n`
  expect(await problems({ 'lab.yaml': bomb })).toMatchObject([
    { line: 1, column: 9, message: 'anchors are not allowed' },
  ])
  expect(await problems({ 'lab.yaml': '['.repeat(30_000) })).toHaveLength(1)
  const deep = `title: ${'['.repeat(200)}${']'.repeat(200)}\n`
  expect(await problems({ 'lab.yaml': deep })).toMatchObject([{ message: 'is nested too deeply' }])
})

test('bytes that are no UTF-8 are named with their place', async () => {
  const folder = await write(good)
  await writeFile(
    join(folder, 'brief.md'),
    Buffer.concat([Buffer.from('Es war\n\ufffd einm'), Buffer.of(0xe4), Buffer.from('l')]),
  )
  const error = await loadLab(folder, { checks, images }).catch((thrown: unknown) => thrown)
  expect((error as LabInvalid).problems).toEqual([
    { file: 'a-lab/brief.md', line: 2, column: 9, message: 'is not valid UTF-8' },
  ])
})

test('links that lead out of the folder are refused', async () => {
  await writeFile(join(root, 'secret'), 'title: secret')
  for (const link of ['brief.md', 'setup.sh', 'tasks', 'solutions/good']) {
    const folder = await write(good)
    await rm(join(folder, link), { recursive: true })
    await symlink(join(root, link.includes('.') ? 'secret' : '.'), join(folder, link))
    const error = await loadLab(folder, { checks, images }).catch((thrown: unknown) => thrown)
    expect((error as LabInvalid).problems).toContainEqual({
      file: `a-lab/${link}`,
      message: 'is a symbolic link',
    })
    await rm(folder, { recursive: true })
  }
})

test('a malformed lab does not take the others with it', async () => {
  await write({ 'busybox/image.yaml': 'name: busybox:1\nabout: A box.\n' }, 'images')
  await write(good, 'a-lab')
  await write({ ...good, 'lab.yaml': yaml.replace('order: 1', 'order: 2') }, 'b-lab')
  await write({ ...good, 'lab.yaml': 'title: [' }, 'broken')
  await write({ ...good, 'lab.yaml': yaml.replace('level: start', 'level: start\nneeds: [gone]') }, 'needy')
  await symlink(join(root, 'a-lab'), join(root, 'linked'))
  await writeFile(join(root, 'lab-schema.ts'), '')
  await writeFile(join(root, 'readme'), '')
  const { labs, invalid } = await loadLabs(root, checks)
  expect(labs.map(({ slug }) => slug)).toEqual(['a-lab', 'b-lab'])
  expect(invalid.map(({ slug }) => slug)).toEqual(['broken', 'linked', 'needy'])
})

test('labs that need each other, or one that is not there, say so', async () => {
  await write({ 'busybox/image.yaml': 'name: busybox:1\nabout: A box.\n' }, 'images')
  const needing = (slug: string, needs: string) =>
    write({ ...good, 'lab.yaml': yaml.replace('level: start', `level: start\nneeds: [${needs}]`) }, slug)
  await needing('one', 'base, two')
  await needing('two', 'three')
  await needing('three', 'one')
  await needing('self', 'self')
  await needing('near', 'bsae')
  await needing('above', 'one')
  await write(good, 'base')
  const { labs, invalid } = await loadLabs(root, checks)
  expect(labs.map(({ slug }) => slug).sort()).toEqual(['above', 'base'])
  expect(invalid.flatMap(({ problems }) => problems)).toEqual([
    {
      file: 'near/lab.yaml',
      line: 7,
      column: 9,
      field: 'needs[0]',
      message: 'there is no lab bsae; did you mean `base`?',
    },
    {
      file: 'one/lab.yaml',
      line: 7,
      column: 15,
      field: 'needs[1]',
      message: expect.stringContaining('one needs two'),
    },
    {
      file: 'self/lab.yaml',
      line: 7,
      column: 9,
      field: 'needs[0]',
      message: 'leads back here: self needs self',
    },
    {
      file: 'three/lab.yaml',
      line: 7,
      column: 9,
      field: 'needs[0]',
      message: expect.stringContaining('three needs one'),
    },
    {
      file: 'two/lab.yaml',
      line: 7,
      column: 9,
      field: 'needs[0]',
      message: 'leads back here: two needs three needs one needs two',
    },
  ])
})

test('a lab folder with a name that is no slug is shown as broken, other folders are left alone', async () => {
  await write({ 'busybox/image.yaml': 'name: busybox:1\nabout: A box.\n' }, 'images')
  await write(good, 'My_\u001b[2JLab')
  await write({ 'package.json': '{}' }, 'node_modules')
  await write(good, '.hidden')
  const { labs, invalid } = await loadLabs(root, checks)
  expect(labs).toEqual([])
  expect(invalid.map(({ slug, problems }) => [slug, problems])).toEqual([
    [
      'My_U+001B[2JLab',
      [
        {
          file: 'labs/My_U+001B[2JLab',
          message: 'a lab folder is named in lowercase words joined by hyphens',
        },
      ],
    ],
  ])
})

test('an image without a name stops everything, with its place', async () => {
  await write({ 'busybox/image.yaml': 'about: A box.\n' }, 'images')
  await expect(loadLabs(root, checks)).rejects.toThrow('images/busybox/image.yaml:1:1: name: is missing')
})
