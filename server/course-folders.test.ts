import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  call,
  driverOf,
  type TestPlace,
  type TestServer,
  testPlace,
  testServer,
  until,
} from './test-server.ts'

/** From a changed file to the catalogue. */
const SEEN_WITHIN_MS = 1_000
const root = mkdtempSync(join(tmpdir(), 'drydock-course-'))
const course = join(root, 'seamanship')
let place: TestPlace
let server: TestServer

beforeAll(async () => {
  const made = await testPlace()
  place = { ...made, config: { ...made.config, labsDirs: [course] } }
  server = await testServer(place)
})
afterAll(async () => {
  await server.close()
  expect(await place.remove()).toEqual([])
  rmSync(root, { recursive: true })
})

const lab = (image: string) => ({
  'lab.yaml': `title: Own
promise: Use an image of its own
track: Foundations
order: 2
minutes: 5
level: start
model: An image is files.
goals: [see it]
images: ['${image}']
tasks:
  - id: run
    title: Run it
    checks: [{ use: object_exists, with: { ref: greeter } }]
    hints: [one, two, three]
`,
  'brief.md': 'A story.',
  'afterword.md': 'What was shown.',
  'tasks/run.md': 'Run it.',
  'setup.sh': `test "$(docker run --name greeter ${image} cat /greeting)" = ahoy`,
  'solutions/good/run.sh': '# passes: all\ntrue\n',
})
const image = (name: string, does: string) => ({
  'image.yaml': `name: ${name}\nabout: For a test.\n`,
  Dockerfile: `ARG BUSYBOX\nFROM $BUSYBOX\nRUN ${does}\n`,
})

function put(folder: string, files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const list = async () => (await call(`${server.url}/api/labs`, 'GET')).body
const slugs = (answer: { labs: { slug: string }[] }) => answer.labs.map(({ slug }) => slug)
const problemsOf = (answer: { broken: { slug: string; problems: { message: string }[] }[] }, slug: string) =>
  answer.broken.find((each) => each.slug === slug)?.problems.map(({ message }) => message)
const start = (slug: string) => call(`${server.url}/api/sessions`, 'POST', { lab: slug })
const settled = async (id: string) =>
  until(
    async () => (await call(`${server.url}/api/sessions/${id}`, 'GET')).body,
    ({ state }) => !['requested', 'starting'].includes(state),
  )

test('a course is used without a restart: its images in new sandboxes, while older ones keep theirs', async () => {
  expect(problemsOf(await list(), 'seamanship')).toEqual(['is not there'])
  const older = (await start('greet')).body.id
  expect(await settled(older)).toMatchObject({ state: 'ready' })

  put(join(root, 'new/own'), lab('course/hello:1'))
  put(join(root, 'new/images/hello'), image('course/hello:1', 'echo ahoy > /greeting'))
  put(join(root, 'new/leaky'), lab('course/leaky:1'))
  put(join(root, 'new/images/leaky'), image('course/leaky:1', 'echo a-leak-in-the-hull; exit 3'))
  put(join(root, 'new/bad'), { ...lab('course/hello:1'), 'lab.yaml': 'title: 7' })
  renameSync(join(root, 'new'), course)
  const seen = await until(list, (answer) => slugs(answer).includes('own'), SEEN_WITHIN_MS)
  expect(slugs(seen)).toContain('greet')
  expect(problemsOf(seen, 'bad')).not.toHaveLength(0)
  expect(problemsOf(seen, 'seamanship')).toBeUndefined()
  expect(await start('own')).toMatchObject({ status: 503, body: { code: 'images-not-ready' } })

  const begun = await until(
    () => start('own'),
    ({ status }) => status !== 503,
  )
  const newer = begun.body.id
  expect(await settled(newer)).toMatchObject({ state: 'ready', problem: null })
  const [before, after] = await Promise.all([server.store.session(older), server.store.session(newer)])
  expect(before?.images).not.toHaveProperty(['course/hello:1'])
  expect(before?.images).toHaveProperty(['busybox:1'])
  expect(after?.images).toHaveProperty(['course/hello:1'])
  const driver = driverOf(place.config, place.host)
  const storeOf = async (id = '') => (await driver.get(id))?.store()
  const [old, young] = [await storeOf(before?.sandbox), await storeOf(after?.sandbox)]
  await driver.close()
  expect(old).toMatch(/^store-/)
  expect(young).toMatch(/^store-/)
  expect(young).not.toBe(old)

  const now = await list()
  expect(problemsOf(now, 'leaky')?.join()).toMatch(/course\/leaky:1 cannot be had[\s\S]*a-leak-in-the-hull/)
  expect(slugs(now)).not.toContain('leaky')
  put(join(course, 'bad'), lab('course/hello:1'))
  const mended = await until(list, (answer) => slugs(answer).includes('bad'), SEEN_WITHIN_MS)
  expect(problemsOf(mended, 'bad')).toBeUndefined()
  for (const id of [older, newer]) await call(`${server.url}/api/sessions/${id}`, 'DELETE')
})
