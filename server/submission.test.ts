import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import type { Session } from './contract/session.ts'
import { runScript } from './services/run-script.ts'
import type { SubmissionHooks } from './services/submissions.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'

const lab = `
title: Submitted
promise: Work that is closed
track: Foundations
order: 1
minutes: 5
level: start
model: A container is a process.
goals: [start a container]
images: ['busybox:1']
hint_cost: 0.25
tasks:
  - id: once
    title: Run it once
    weight: 2
    checks:
      - use: object_exists
        with: { ref: once }
        codes: { object-missing: not-run }
      - use: field
        with: { ref: once, path: State.ExitCode, eq: 3 }
        codes: { field-mismatch: another-number }
    hints:
      any: [any one, any two]
      another-number: [number one]
    misconceptions: { another-number: exit-codes-are-errors }
  - id: hold
    title: Keep it running
    weight: 3
    grading: must-hold
    checks:
      - use: field
        with: { ref: kept, path: State.Running, eq: true }
    hints: [one]
  - id: say
    title: Say it
    answers: [{ name: code, label: Which code? }]
    checks:
      - use: answer
        with: { field: code, expected: { kind: field, object: container, ref: once, path: State.ExitCode } }
    hints: [one]
`

const files = {
  'lab.yaml': lab,
  'brief.md': 'A story.',
  'afterword.md': 'What was shown.',
  'tasks/once.md': 'Run it.',
  'tasks/hold.md': 'Keep it.',
  'tasks/say.md': 'Say it.',
  'verify/once.sh': 'true\n',
  'solutions/good/all.sh':
    '# passes: all\ndocker run --name once busybox:1 sh -c "exit 3"\ndocker run -d --name kept busybox:1 sleep 99\nanswer code 3\n',
}
const verified = lab.replace(
  'title: Run it once\n',
  'title: Run it once\n    verify: { clean-room: { script: once.sh } }\n',
)

let place: TestPlace
let server: TestServer
/** What the parts that follow a submission do in this test. */
let hooks: SubmissionHooks = {}
let id: string

beforeAll(async () => {
  const { 'verify/once.sh': _, ...plain } = files
  place = await testPlace({ submitted: plain, verified: { ...files, 'lab.yaml': verified } })
  server = await begin()
})

afterAll(async () => {
  await server?.close()
  expect(await place?.remove()).toEqual([])
})

const begin = () =>
  testServer(place, {
    atSubmission: {
      cleanRoom: async (...given) => {
        if (!hooks.cleanRoom) throw new Error('no clean room is expected')
        return hooks.cleanRoom(...given)
      },
      onSubmitted: async (...given) => hooks.onSubmitted?.(...given),
      receiptFor: async (...given) => (await hooks.receiptFor?.(...given)) ?? 'receipt-1',
    },
  })

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
const post = (path: string, body?: unknown): Promise<{ status: number; body: any }> =>
  call(`${server.url}/api/sessions/${id}/${path}`, 'POST', body)
const get = async (): Promise<Session> => (await call(`${server.url}/api/sessions/${id}`, 'GET')).body
const inState = (state: Session['state']) => until(get, (session) => session.state === state)

async function start(slug: string) {
  id = (await call(`${server.url}/api/sessions`, 'POST', { lab: slug })).body.id
}

async function typed(script: string) {
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  return runScript(sandbox, script, { clock: systemClock, timeoutMs: 60_000, maxBytes: 10_000 })
}

test('hints follow the code that the task shows, one at a time, and misconceptions are remembered', async () => {
  await start('submitted')
  expect((await post('hints', { task: 'once' })).body.code).toBe('session-not-ready')
  expect((await post('submission')).body.code).toBe('session-not-ready')
  await inState('ready')
  expect((await post('hints', { task: 'other' })).body.code).toBe('task-unknown')

  const [first, second] = await Promise.all([
    post('hints', { task: 'once', seen: 0 }),
    post('hints', { task: 'once', seen: 0 }),
  ])
  for (const { body } of [first, second]) expect(body.tasks[0].hints).toEqual({ taken: ['any one'], left: 1 })

  await typed('docker run --name once busybox:1 true')
  const shown = await until(get, ({ tasks }) => tasks[0]?.code === 'another-number')
  expect(shown.tasks[0]?.hints).toEqual({ taken: ['any one'], left: 1 })
  expect((await post('hints', { task: 'once' })).body.tasks[0].hints).toEqual({
    taken: ['any one', 'number one'],
    left: 0,
  })
  const empty = await post('hints', { task: 'once' })
  expect([empty.status, empty.body.code]).toEqual([409, 'hint-none'])
  expect(await server.store.hints(id)).toMatchObject([
    { task: 'once', ladder: 'any', index: 0, code: null },
    { task: 'once', ladder: 'another-number', index: 0, code: 'another-number' },
  ])
  await until(
    () => server.store.misconceptions(id),
    (met) => met.length > 0,
  )
  expect(await server.store.misconceptions(id)).toMatchObject([
    { misconception: 'exit-codes-are-errors', task: 'once', code: 'another-number' },
  ])
})

test('answers guessed in a loop are bounded, and each try is counted', async () => {
  const tried = []
  for (let code = 10; code < 40; code += 1)
    tried.push(await post('answers', { task: 'say', field: 'code', value: String(code) }))
  const taken = tried.filter(({ status }) => status === 200).length
  expect(tried.at(-1)).toMatchObject({ status: 429, body: { code: 'answers-too-fast' } })
  expect(taken).toBeGreaterThanOrEqual(10)
  expect(taken).toBeLessThan(25)
  expect(await server.store.answers(id)).toMatchObject([{ field: 'code', tries: taken }])
  expect((await typed('answer code 3')).output).toContain('Too many answers')
})

test('a submission judges what must hold now, grades by weights less hints, and ends the session', async () => {
  await typed('docker rm -f once; docker run --name once busybox:1 sh -c "exit 3"')
  await typed('docker run -d --name kept busybox:1 sleep 999')
  await until(get, ({ tasks }) => tasks.slice(0, 2).every(({ status }) => status === 'passed'))
  // What is latched stays passed; what must hold is judged again.
  await typed('docker rm -f once kept')
  // What is not as at the start is told with the grade and changes nothing of it.
  await typed('sudo touch /usr/bin/docker')

  const kept = Promise.withResolvers<void>()
  const seen: string[] = []
  hooks = {
    onSubmitted: async (live, submission) => {
      seen.push(`${live.record.id} ${submission.points} ${await live.sandbox.state()}`)
      await kept.promise
    },
  }
  const [first, second] = await Promise.all([post('submission'), post('submission')])
  expect(first.status).toBe(200)
  expect(second.body.submission).toEqual(first.body.submission)
  // 2 less two hints of a quarter each; the answer of the last test is wrong.
  expect(first.body.submission).toMatchObject({
    points: 1,
    of: 6,
    receipt: null,
    tampered: [{ path: '/usr/bin/docker', what: 'This is not the program of the sandbox image.' }],
  })
  expect(first.body.submission.tasks).toEqual([
    { task: 'once', passed: true, points: 1, of: 2, code: 'passed', broken: false },
    { task: 'hold', passed: false, points: 0, of: 3, code: 'object-missing', broken: false },
    { task: 'say', passed: false, points: 0, of: 1, code: expect.any(String), broken: false },
  ])
  expect(first.body).toMatchObject({ state: 'ready' })

  for (const [path, body] of [
    ['hints', { task: 'hold' }],
    ['answers', { task: 'say', field: 'code', value: '3' }],
    ['checks', {}],
  ] as const) {
    const refused = await post(path, body)
    expect([path, refused.status, refused.body.code]).toEqual([path, 409, 'session-submitted'])
  }
  expect((await typed('answer code 3')).output).toContain('submitted')
  kept.resolve()
  const over = await inState('ended')
  expect(over.submission).toEqual({ ...first.body.submission, receipt: 'receipt-1' })
  expect(seen).toEqual([`${id} 1 running`])
  expect((await post('submission')).body.submission).toEqual(over.submission)
  expect((await post('hints', { task: 'hold' })).body.code).toBe('session-submitted')
  expect(await server.store.submission(id)).toMatchObject({
    done: true,
    tamper: { findings: [{ kind: 'program' }] },
  })
})

test('what cannot be judged is not submitted; a server that dies in between leaves no half of it', async () => {
  await start('verified')
  await inState('ready')
  await typed('docker run --name once busybox:1 sh -c "exit 3"')
  await until(get, ({ tasks }) => tasks[0]?.status === 'passed')

  let rooms = 0
  hooks = {
    cleanRoom: async (_live, _lab, { id: task }) => {
      rooms += 1
      return { task, status: 'broken', code: 'timeout', checks: [] }
    },
  }
  const broken = await post('submission')
  expect([broken.status, broken.body.code]).toEqual([503, 'submission-broken'])
  expect(broken.body.detail).toContain('Run it once')
  expect(broken.body.tasks).toMatchObject([{ task: 'once', code: 'timeout', passes: true }])
  expect(rooms).toBe(3)
  expect((await call(`${server.url}/api/health`, 'GET')).body.broken.byCode.timeout).toBeGreaterThanOrEqual(3)
  expect(await get()).toMatchObject({
    state: 'ready',
    submission: null,
    tasks: [{ status: 'passed' }, {}, {}],
  })

  // The server dies while a clean room is busy.
  const busy = Promise.withResolvers<void>()
  hooks = {
    cleanRoom: (live, _lab, _task, signal) => {
      busy.resolve()
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        live.ending.throwIfAborted()
      })
    },
  }
  const asked = post('submission')
  await busy.promise
  await server.close()
  expect(await asked).toMatchObject({ body: { code: 'session-not-ready' } })
  server = await begin()
  expect(await get()).toMatchObject({ state: 'ready', submission: null })

  // It dies when the submission is stored and the machine is not kept yet.
  hooks = {
    cleanRoom: async (_live, _lab, { id: task }) => ({
      task,
      status: 'not-yet',
      code: 'not-from-scratch',
      checks: [],
    }),
    onSubmitted: (live) =>
      new Promise((_, reject) => live.ending.addEventListener('abort', () => reject(live.ending.reason))),
  }
  const stored = await post('submission')
  expect(stored.body.submission).toMatchObject({ points: 0, receipt: null })
  expect(stored.body.submission.tasks[0]).toMatchObject({ passed: false, code: 'not-from-scratch' })
  await server.close()
  const keptFor: string[] = []
  hooks = {
    onSubmitted: async (live) => void keptFor.push(live.record.id),
    receiptFor: async ({ session }) => `receipt of ${session}`,
  }
  server = await begin()
  const over = await inState('ended')
  expect(over.submission).toEqual({ ...stored.body.submission, receipt: `receipt of ${id}` })
  expect(keptFor).toEqual([id])
})

test('a clean room that cannot judge takes the points of a task that was passed before, when it is handed in anyway', async () => {
  await start('verified')
  await inState('ready')
  await typed('docker run --name once busybox:1 sh -c "exit 3"')
  await until(get, ({ tasks }) => tasks[0]?.status === 'passed')

  let rooms = 0
  hooks = {
    cleanRoom: async (_live, _lab, { id: task }) => {
      rooms += 1
      return { task, status: 'broken', code: 'timeout', checks: [] }
    },
  }
  // Asked for while the first is still being judged: that one is handed in.
  const [first, second] = await Promise.all([post('submission'), post('submission', { anyway: true })])
  expect(rooms).toBe(3)
  expect(second.body.submission).toEqual(first.body.submission)
  expect(first.body.submission.tasks[0]).toEqual({
    task: 'once',
    passed: false,
    points: 0,
    of: 2,
    code: 'timeout',
    broken: true,
  })
  expect((await inState('ended')).tasks[0]).toMatchObject({ status: 'broken', code: 'timeout' })
})
