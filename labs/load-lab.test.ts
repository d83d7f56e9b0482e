import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Check } from '../checks/check.ts'
import { registryOf } from '../checks/registry.ts'
import { LabInvalid } from './lab-invalid.ts'
import type { LabProblem } from './lab-yaml.ts'
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
            - use: exit
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
    { line: at('                cod: 3'), field: `${field}[1].with.cod`, message: 'is not a field here' },
    { line: at('            - use: exit'), field: `${field}[2].use`, message: 'there is no check exit' },
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
    { line: 1, field: 'passes' },
  ],
  [
    'a bad solution with a code that the task never answers',
    { 'solutions/bad/fake.sh': '# task: first\n# code: other-code\n# teaches: x\n' },
    { file: 'a-lab/solutions/bad/fake.sh', line: 2, field: 'code' },
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
    { line: 1, message: 'anchors are not allowed' },
  ])
  expect(await problems({ 'lab.yaml': '['.repeat(30_000) })).toHaveLength(1)
  const deep = `title: ${'['.repeat(200)}${']'.repeat(200)}\n`
  expect(await problems({ 'lab.yaml': deep })).toMatchObject([{ message: 'is nested too deeply' }])
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
  await writeFile(join(root, 'lab-schema.ts'), '')
  const { labs, invalid } = await loadLabs(root, checks)
  expect(labs.map(({ slug }) => slug)).toEqual(['a-lab', 'b-lab'])
  expect(invalid.map(({ slug }) => slug)).toEqual(['broken', 'needy'])
})

test('an image without a name stops everything, with its place', async () => {
  await write({ 'busybox/image.yaml': 'about: A box.\n' }, 'images')
  await expect(loadLabs(root, checks)).rejects.toThrow('images/busybox/image.yaml:1: name: ')
})
