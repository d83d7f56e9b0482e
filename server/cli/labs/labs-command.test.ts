import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestHost, testHost } from '../../host/test-host.ts'
import { labelFilter } from '../../sandbox/docker/labels.ts'

const root = resolve(import.meta.dirname, '../../..')
let place: string
let host: TestHost

beforeAll(async () => {
  host = await testHost()
  place = await mkdtemp(join(tmpdir(), 'drydock-labs-'))
  await mkdir(join(place, 'labs'))
  await cp(join(root, 'labs/images'), join(place, 'labs/images'), { recursive: true })
})
afterAll(() => rm(place, { recursive: true, force: true }))

interface Run {
  child: ChildProcess
  ended: Promise<{ code: number | null; out: string; err: string }>
}

/** Runs `labs ARGS` as its own process, on labs of its own. */
const run = (...args: string[]) => runWith('', ...args)

/** The same with course folders. */
function runWith(courses: string, ...args: string[]): Run {
  const child = spawn(process.execPath, [join(root, 'server/cli/main.ts'), 'labs', ...args], {
    cwd: root,
    env: {
      ...process.env,
      DRYDOCK_LABS_DIR: join(place, 'labs'),
      DRYDOCK_LABS_DIRS: courses,
      DRYDOCK_INSTALLATION: host.config.installation,
      DRYDOCK_DATA_DIR: host.config.dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...said })) }
}
const labs = (...args: string[]) => run(...args).ended

/** The sandboxes of one run of the command. */
async function sandboxesOf({ pid }: ChildProcess): Promise<number> {
  const installation = `${host.config.installation.slice(0, 9)}-try-${pid?.toString(36)}`
  const filters = labelFilter(installation, 'sandbox')
  return (await host.docker.listContainers({ all: true, filters })).length
}

test('a lab made by labs new is looked over, proved and guarded as it is', { timeout: 300_000 }, async () => {
  expect(await labs('new', 'two-boats', '--title', 'Two: "boats"')).toMatchObject({ code: 0, err: '' })
  expect(await labs('lint')).toEqual({ code: 0, out: '0 problems, 0 warnings\n', err: '' })

  const report = join(place, 'report.json')
  const { code, out, err } = await labs('test', 'two-boats', '--mutants', '--format', 'json', '--out', report)
  expect(code, out + err).toBe(0)
  expect(out).toMatch(/^two-boats\s+ends-at-once\s+bad\s+stays\s+not-running\s+not-running\s+ok/mu)
  expect(out).toMatch(/^3 claims, 0 off; 1 check, 0 unguarded;/mu)
  expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({
    claims: expect.arrayContaining([
      expect.objectContaining({ solution: '-', kind: 'start', ok: true }),
      expect.objectContaining({ solution: 'plain', kind: 'good', ok: true }),
    ]),
    mutants: [{ lab: 'two-boats', task: 'stays', level: 'ok', survivors: [] }],
  })

  const script = join(place, 'labs/two-boats/solutions/good/plain.sh')
  await writeFile(
    script,
    '# passes: all\ndocker run -d --name boat busybox:1 sleep 600\ntouch begun; sleep 600\n',
  )
  const stopped = run('test', 'two-boats', '--only', 'plain')
  await expect.poll(() => sandboxesOf(stopped.child), { timeout: 60_000 }).toBe(1)
  stopped.child.kill('SIGINT')
  expect(await stopped.ended).toMatchObject({ code: 130, err: expect.stringContaining('Stopped.') })
  expect(await sandboxesOf(stopped.child)).toBe(0)
})

test('labs new touches nothing that is there, and takes no name that is none', async () => {
  await mkdir(join(place, 'labs/taken'))
  expect(await labs('new', 'taken')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is there already'),
  })
  for (const slug of ['Two_Boats', '../out', 'images', ''])
    expect(await labs('new', slug)).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot be called'),
    })
  expect(await labs('new', 'boats', '--title', 'x'.repeat(81))).toMatchObject({ code: 2 })
  await rm(join(place, 'labs/taken'), { recursive: true })
})

test('labs lint names every problem with its place and fails', async () => {
  await labs('new', 'leaky')
  const yaml = join(place, 'labs/leaky/lab.yaml')
  await writeFile(
    yaml,
    (await readFile(yaml, 'utf8')).replace('use: field', 'use: feild').replace('level:', 'levle:'),
  )
  const { code, out } = await labs('lint', 'leaky')
  expect(code).toBe(1)
  expect(out).toContain('leaky/lab.yaml:8:1: levle: is not a field here; did you mean `level`?\n')
  await writeFile(yaml, (await readFile(yaml, 'utf8')).replace('levle:', 'level:'))
  await writeFile(join(place, 'labs/leaky/setup.sh'), 'set -eu\nif true; then\n')
  expect((await labs('lint', 'leaky')).out).toMatch(
    /^leaky\/lab.yaml:\d+:9: tasks\[0\].checks\[0\].use: there is no check feild; did you mean `field`\?$/mu,
  )
  await writeFile(yaml, (await readFile(yaml, 'utf8')).replace('use: feild', 'use: field'))
  const found = JSON.parse((await labs('lint', 'leaky', '--json')).out)
  expect(found).toEqual([
    {
      level: 'problem',
      file: 'leaky/setup.sh',
      line: 3,
      column: 1,
      message: expect.stringContaining('syntax error'),
    },
  ])
  await rm(join(place, 'labs/leaky'), { recursive: true })
})

test('a course has its labs made in it, and what is wrong with its folder or images is told', {
  timeout: 120_000,
}, async () => {
  const course = join(place, 'course')
  const inCourse = (...args: string[]) => runWith(course, ...args).ended
  const gone = await inCourse('lint', 'three-boats')
  expect(gone).toMatchObject({ code: 2, err: expect.stringContaining('course: is not there') })
  expect((await labs('new', 'near', '--into', 'course')).err).toContain('absolute path')
  expect((await runWith(`${course}:${place}`, 'new', 'near').ended).err).toContain(
    `one of ${course}, ${place}`,
  )

  const first = await labs('new', 'three-boats', '--into', course)
  expect(first).toMatchObject({ code: 0, out: expect.stringContaining(`DRYDOCK_LABS_DIRS=${course} `) })
  const second = await inCourse('new', 'four-boats')
  expect(second).toMatchObject({ code: 0, out: expect.stringContaining(`wrote ${course}/four-boats`) })
  expect(second.out).not.toContain('DRYDOCK_LABS_DIRS')
  expect((await inCourse('new', 'four-boats', '--into', join(place, 'other'))).err).toContain('already')

  const image = join(course, 'images/hull')
  await mkdir(image, { recursive: true })
  await writeFile(join(image, 'image.yaml'), 'nam: course/hull:1\nabout: A hull.\n')
  const yaml = join(course, 'three-boats/lab.yaml')
  await writeFile(yaml, (await readFile(yaml, 'utf8')).replaceAll("'busybox:1'", "'course/hull:1'"))
  expect((await inCourse('lint', 'three-boats')).out).toContain(
    'course/images/hull/image.yaml:1:1: nam: is not a field here; did you mean `name`?\n',
  )
  expect((await inCourse('test', 'three-boats')).err).toContain('course/images/hull/image.yaml:1:1: nam')
  await writeFile(join(image, 'image.yaml'), 'name: course/hull:1\nabout: A hull.\n')
  await writeFile(join(image, 'Dockerfile'), 'ARG BUSYBOKS\nFROM $BUSYBOKS\n')
  expect((await inCourse('lint', 'three-boats')).out).toMatch(
    /^course\/images\/hull\/Dockerfile:2: FROM \$BUSYBOKS: .*there are BASE, BUSYBOX/mu,
  )
  await writeFile(
    join(image, 'Dockerfile'),
    'ARG BUSYBOX\nFROM $BUSYBOX\nRUN echo a-leak-in-the-hull; exit 3\n',
  )
  expect(await inCourse('test', 'three-boats', '--only', 'start')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/course\/hull:1 cannot be had[\s\S]*a-leak-in-the-hull/),
  })
  expect((await inCourse('test', 'three-boat')).err).toContain('did you mean `three-boats`?')
})
