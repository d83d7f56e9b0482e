import { Duplex } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../checks/registry.ts'
import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import { loadLabs } from '../../labs/load-labs.ts'
import { loadConfig } from '../config.ts'
import { carryImage } from '../engine/carry-image.ts'
import { StudentEngine } from '../engine/student-engine.ts'
import { usualSize } from '../sandbox/limits.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'
import { newSandboxId } from '../sandbox/sandbox-id.ts'
import { newSpec, run, sh } from '../sandbox/suite-tools.ts'
import { type CleanRoomRequest, runCleanRoom } from './clean-room.ts'
import { trial } from './lab-trial.ts'
import { type TestTrials, testTrials } from './test-trials.ts'

let trials: TestTrials
let sandbox: Sandbox
let engine: StudentEngine

beforeAll(async () => {
  trials = await testTrials('clean')
  sandbox = await trials.driver.create(newSpec())
  engine = new StudentEngine({
    dial: (signal) => sandbox.dialEngine(signal),
    clock: trials.deps.clock,
    seed: '',
  })
})

afterAll(async () => {
  engine.close()
  await sandbox.destroy()
  expect(await trials.close()).toEqual([])
})

function task(room: { files?: string[]; images?: string[] }, verifyScript: string): LabTask {
  return {
    id: 'moor',
    title: 'Moor it',
    body: '',
    hints: ['a'],
    weight: 1,
    grading: 'latched',
    misconceptions: {},
    answers: [],
    verify: { 'clean-room': { files: [], images: [], script: 'moor.sh', ...room } },
    verifyScript,
    checks: [
      { use: 'object_exists', with: { ref: 'boat' }, codes: {}, messages: {} },
      {
        use: 'answer',
        with: { field: 'wood', expected: { kind: 'text', value: 'elm' } },
        codes: {},
        messages: {},
      },
    ],
  }
}

const request = (of: LabTask, more: Partial<CleanRoomRequest> = {}): CleanRoomRequest => ({
  id: newSandboxId(),
  lab: { slug: 'boat', title: 'A boat', tasks: [of], checks } as Partial<Lab> as Lab,
  task: of,
  student: { sandbox, engine },
  answers: new Map([['wood', { value: 'elm', tries: 1, at: 0 }]]),
  seed: 'ab',
  size: usualSize,
  ...more,
})

const judged = (of: LabTask, more?: Partial<CleanRoomRequest>) => runCleanRoom(trials.deps, request(of, more))
const first = async (of: LabTask, more?: Partial<CleanRoomRequest>) =>
  (await judged(of, more)).graded.checks[0]?.verdict

test('files, images and answers come along as they are, nothing else does, and the checks judge there', async () => {
  await sh(
    sandbox,
    `cd /home/student; mkdir -p site/empty; echo hello > site/page; echo x > note.txt; echo x > left-behind
     printf '#!/bin/sh\\n' > site/run.sh
     echo odd > site/$'new\\nline\\e[31m'; ln site/page site/same
     deep=site; for i in $(seq 60); do deep=$deep/abcdefghijklmnopqrst; done; mkdir -p $deep; echo x > $deep/end
     chown -R student:student .; chmod 4755 site/run.sh; chmod 000 note.txt
     for i in $(seq 20); do printf 'l%s=' $i; head -c 50000 /dev/zero | tr '\\0' a; echo; done > /tmp/labels
     docker create --label-file /tmp/labels --name hull busybox:1 sleep 600; docker commit hull mine
     docker run -d --name boat mine; docker volume create left-behind`,
  )
  const { graded, carried, ms } = await judged(
    task(
      { files: ['site', 'note.txt'], images: ['mine'] },
      `set -eu
       [ "$(id -un)" = student ]; cd
       [ "$(cat site/page site/same)" = $'hello\\nhello' ]; [ -d site/empty ]; [ "$(cat note.txt)" = x ]
       [ "$(stat -c %U:%a site/run.sh)" = student:755 ]
       [ "$(cat site/$'new\\nline\\e[31m')" = odd ]; [ "$(find site -name end | wc -l)" = 1 ]
       [ ! -e left-behind ]; [ -z "$(docker ps -aq)" ]; [ -z "$(docker volume ls -q)" ]
       docker run -d --name boat mine`,
    ),
  )
  expect(graded.checks.map(({ verdict }) => [verdict.check, verdict.code, verdict.message])).toEqual([
    ['clean-room', 'passed', 'On a fresh machine your work came up.'],
    ['object_exists', 'passed', expect.any(String)],
    ['answer', 'passed', expect.any(String)],
  ])
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/)
  expect(carried).toEqual([
    { kind: 'files', name: 'site', bytes: 28, sha256 },
    { kind: 'files', name: 'note.txt', bytes: 2, sha256 },
    { kind: 'image', name: 'mine', bytes: expect.any(Number), sha256 },
  ])
  expect(ms).toBeGreaterThan(0)
  expect(await trials.driver.list()).toEqual([sandbox.id])
})

test('a script that fails is not yet a pass, and its last words are told safely', async () => {
  const verdict = await first(task({}, `echo starting; printf 'no \\e[31mport\\n' >&2; exit 3`))
  expect(verdict).toMatchObject({
    status: 'not-yet',
    code: 'verify-failed',
    message: 'On a fresh machine your work did not come up: no \uFFFD[31mport',
  })
  expect(verdict?.evidence[0]).toEqual({
    expected: 'exit code 0',
    observed: 'exit code 3',
    source: 'moor.sh',
  })
})

test('what the checks miss on the fresh machine is told as being about it', async () => {
  const { graded } = await judged(task({}, 'true'))
  expect(graded).toMatchObject({ status: 'not-yet', code: 'object-missing' })
  expect(graded.checks[1]?.verdict.message).toMatch(/^On a fresh machine: /)
})

test.each([
  ['a missing file', '', { files: ['no-such'] }, 'artefact-missing'],
  ['a missing image', '', { images: ['no-such:1'] }, 'artefact-missing'],
  ['a large file', 'head -c 17M /dev/urandom > large', { files: ['large'] }, 'artefact-too-large'],
  ['a sparse file', 'truncate -s 1T sparse', { files: ['sparse'] }, 'artefact-too-large'],
  ['many files', 'mkdir many; cd many; seq 2100 | xargs touch', { files: ['many'] }, 'artefact-too-large'],
  [
    'two that are too much together',
    'head -c 9M /dev/zero | tee half > other',
    { files: ['half', 'other'] },
    'artefact-too-large',
  ],
  ['a link', 'ln -s /etc link', { files: ['link'] }, 'artefact-refused'],
  ['a link in a folder', 'mkdir inner; ln -s /etc/passwd inner/x', { files: ['inner'] }, 'artefact-refused'],
  ['a pipe', 'mkdir piped; mkfifo piped/x', { files: ['piped'] }, 'artefact-refused'],
])('%s keeps the task from passing before any machine starts', async (_, script, room, code) => {
  await sh(sandbox, `cd /home/student; ${script}`, 'student')
  const deps = { ...trials.deps, driver: { create: () => Promise.reject(new Error('not to be started')) } }
  const { graded } = await runCleanRoom(deps, request(task(room, 'true')))
  expect(graded).toMatchObject({ status: 'not-yet', code })
})

test('a folder that grows while it is read ends in a verdict', async () => {
  const growing = await sandbox.exec({
    argv: [
      '/bin/bash',
      '-c',
      'mkdir -p grow; i=0; while :; do head -c 100000 /dev/zero > grow/$i; i=$((i + 1)); done',
    ],
    cwd: '/home/student',
    env: { PATH: '/usr/bin:/bin' },
    user: 'student',
  })
  await expect
    .poll(async () => (await run(sandbox, ['/bin/ls', '/home/student/grow/200'])).code, { timeout: 20_000 })
    .toBe(0)
  expect(await first(task({ files: ['grow'] }, 'true'))).toMatchObject({ code: 'artefact-too-large' })
  growing.stream.destroy()
  await growing.exit
})

/** An engine that gives this archive for any image. */
const giving = (archive: Buffer) => ({
  exec: sandbox.exec.bind(sandbox),
  async dialEngine() {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${archive.length}\r\nConnection: close\r\n\r\n`
    return new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        this.push(Buffer.concat([Buffer.from(head), archive]))
        this.push(null)
        done()
      },
    })
  },
})

test('an archive that brings another name, or is none, is refused', async () => {
  await sh(sandbox, 'docker tag mine busybox:1; docker save mine busybox:1 > /home/student/both.tar')
  const reading = await sandbox.exec({ argv: ['/bin/cat', '/home/student/both.tar'] })
  reading.stream.end()
  const archive = Buffer.concat(await Array.fromAsync(reading.stream as AsyncIterable<Buffer>))
  for (const given of [archive, Buffer.from('no archive at all')]) {
    const student = { sandbox: giving(given), engine }
    expect(await first(task({ images: ['mine'] }, 'true'), { student })).toMatchObject({
      code: 'artefact-refused',
    })
  }
})

test('an image is carried within its bound or not at all', async () => {
  const signal = AbortSignal.timeout(30_000)
  expect(await carryImage(sandbox, sandbox, 'mine', { maxBytes: 100_000, signal })).toEqual({
    outcome: 'too-large',
  })
  expect(await carryImage(sandbox, sandbox, 'no-such', { maxBytes: 100_000, signal })).toEqual({
    outcome: 'missing',
  })
})

test('a machine that cannot start is our fault, and an end that is asked for is one', async () => {
  const none = { ...trials.deps, driver: { create: () => Promise.reject(new Error('no room')) } }
  const { graded } = await runCleanRoom(none, request(task({}, 'true')))
  expect(graded).toMatchObject({ status: 'broken', code: 'clean-room-failed' })
  const stopping = new AbortController()
  const running = judged(task({}, 'sleep 600'), { signal: stopping.signal })
  const stopped = expect(running).rejects.toThrow('enough')
  await expect.poll(() => trials.driver.list(), { timeout: 20_000 }).toHaveLength(2)
  stopping.abort(new Error('enough'))
  await stopped
  expect(await trials.driver.list()).toEqual([sandbox.id])
})

test('a runtime that was replaced passes on its own machine, not in the clean room, and is named', async () => {
  const { labs } = await loadLabs(loadConfig().labsDir, checks)
  const lab = labs.find(({ slug }) => slug === 'pid1-signals')
  const script = lab?.solutions.find(({ name }) => name === 'runtime-replaced')?.script
  if (!lab || !script) throw new Error('no such lab')
  const { tasks, tamper } = await trial(trials.deps, { lab, script, tasks: ['graceful'] })
  const own = lab.tasks.find(({ id }) => id === 'graceful')?.checks.length ?? 0
  const codes = tasks.flatMap(({ checks }) => checks.map(({ verdict }) => verdict.code))
  expect(codes.slice(0, own + 1)).toEqual(Array.from({ length: own + 1 }, () => 'passed'))
  expect(tasks).toMatchObject([{ task: 'graceful', status: 'not-yet', code: 'killed-faster' }])
  expect(tamper.findings).toContainEqual(expect.objectContaining({ kind: 'program', path: '/usr/sbin/runc' }))
})
