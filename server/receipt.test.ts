import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import type { Receipt } from './contract/receipt.ts'
import type { Session } from './contract/session.ts'
import { publicKeyOf } from './receipts/signing-key.ts'
import { verifyReceipt } from './receipts/verify.ts'
import { runScript } from './services/run-script.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'

const files = {
  'lab.yaml': `
title: Sealed
promise: Be graded and have it in writing
track: Foundations
order: 1
minutes: 5
level: start
model: A container is a process.
goals: [start a container]
images: ['busybox:1']
hint_cost: 0.5
tasks:
  - id: build
    title: Build it
    grading: must-hold
    weight: 3
    verify: { clean-room: { images: [seven], script: build.sh } }
    checks:
      - use: field
        with: { ref: seven, path: State.ExitCode, eq: 7 }
    hints: [one]
  - id: say
    title: Say it
    answers: [{ name: code, label: Which code? }]
    checks:
      - use: answer
        with: { field: code, expected: { kind: field, object: container, ref: seven, path: State.ExitCode } }
    hints: [one, two]
`,
  'brief.md': 'A story.',
  'afterword.md': 'What was shown.',
  'tasks/build.md': 'Build it.',
  'tasks/say.md': 'Say it.',
  'verify/build.sh': 'docker run --name seven seven || true\n',
  'solutions/good/sealed.sh': '# passes: all\ntrue\n',
}

/** Whose journal will have ended where the answer lies. */
const quiet = {
  'lab.yaml': `
title: Unseen
promise: Be graded where not all can be seen
track: Foundations
order: 2
minutes: 5
level: start
model: A container is a process.
goals: [start a container]
images: ['busybox:1']
tasks:
  - id: first
    title: Run one
    checks:
      - use: object_exists
        with: { ref: kept }
    hints: [one]
  - id: calm
    title: Keep it calm
    weight: 2
    grading: must-hold
    checks:
      - use: events
        with: { container: kept, forbid: [{ action: kill }] }
    hints: [one]
`,
  'brief.md': 'A story.',
  'afterword.md': 'What was shown.',
  'tasks/first.md': 'Run it.',
  'tasks/calm.md': 'Leave it alone.',
  'solutions/good/unseen.sh': '# passes: all\ndocker run -d --name kept busybox:1 sleep 99\n',
}

let place: TestPlace
let server: TestServer
let id: string

beforeAll(async () => {
  place = await testPlace({ sealed: files, quiet })
  server = await testServer(place)
})
afterAll(async () => {
  await server?.close()
  // A submission keeps the machine as it was submitted.
  const kept = expect.stringMatching(/^[0-9a-f]{16}-[0-9a-f]{8}$/)
  expect(await place?.remove()).toEqual([kept, kept])
})

const at = (path = '') => `${server.url}/api/sessions/${id}${path}`
const get = async (): Promise<Session> => (await call(at(), 'GET')).body

test('a submitted session has a receipt that verifies offline, from a machine that the student never touched', async () => {
  id = (await call(`${server.url}/api/sessions`, 'POST', { lab: 'sealed' })).body.id
  await until(get, ({ state }) => state === 'ready')
  expect((await call(at('/receipt'), 'GET')).body.code).toBe('receipt-unknown')

  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  const typed = await runScript(
    sandbox,
    `printf 'FROM busybox:1\\nCMD exit 7\\n' | docker build -t seven - && docker run --name seven seven; answer code 7`,
    { clock: systemClock, timeoutMs: 60_000, maxBytes: 10_000 },
  )
  expect(typed.exitCode).toBe(0)
  await call(at('/hints'), 'POST', { task: 'say' })
  await until(get, ({ tasks }) => tasks.every(({ status }) => status === 'passed'))

  const submitted = await call(at('/submission'), 'POST')
  expect(submitted.body.submission).toMatchObject({ points: 3.5, of: 4 })
  const ended = await until(get, ({ state, submission }) => state === 'ended' && submission?.receipt !== '')
  expect(await sandbox.state()).toBe('gone')

  const response = await fetch(at('/receipt'))
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="receipt-${id}.json"`)
  const text = await response.text()
  const key = publicKeyOf(place.config.dataDir)
  expect(verifyReceipt(text, key)).toMatchObject({ ok: true })
  const receipt = JSON.parse(text) as Receipt
  expect(receipt).toMatchObject({
    id: ended.submission?.receipt,
    installation: place.config.installation,
    person: { id: 'local' },
    session: { id },
    lab: { slug: 'sealed', hintCost: 0.5 },
    grade: { points: 3.5, of: 4 },
    tamper: { findings: [] },
    tasks: [
      { task: 'build', passed: true, points: 3, cleanRoom: true },
      { task: 'say', passed: true, points: 0.5, cleanRoom: false, hints: [{ index: 0 }] },
    ],
    answers: [{ field: 'code', value: '7', tries: 1 }],
  })
  expect(receipt.machine.store).toMatch(/^store-/)
  expect(receipt.machine.images['busybox:1']).toMatch(/^sha256:/)
  expect(receipt.journal.rows).toBeGreaterThan(0)
  // The student's own machine was judged first, then the clean room and what was carried into it.
  expect(receipt.tasks[0]?.verdicts.map(({ check, status }) => [check, status])).toEqual([
    ['field', 'passed'],
    ['clean-room', 'passed'],
    ['field', 'passed'],
  ])

  expect(receipt.tasks[0]?.verdicts[0]?.snapshots).toContain('"ExitCode":7')

  const forged = verifyReceipt(text.replace('"points":3.5', '"points":4'), key)
  expect(forged).toMatchObject({ ok: false, mismatches: [{ part: '/grade' }] })
})

test("a receipt is its owner's alone", async () => {
  await server.store.putUser({ id: 'bob', name: 'Bob', role: 'admin' })
  const bob = { id: 'bob', name: 'Bob', role: 'admin' } as const
  await expect(server.services.receipts.of(bob, id)).rejects.toMatchObject({ code: 'session-unknown' })
})

test('what cannot be judged for good is said with its reason, and handed in only when that is asked for, without a pass', async () => {
  id = (await call(`${server.url}/api/sessions`, 'POST', { lab: 'quiet' })).body.id
  await until(get, ({ state }) => state === 'ready')
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  const options = { clock: systemClock, timeoutMs: 60_000, maxBytes: 10_000 }
  await runScript(sandbox, 'docker run -d --name kept busybox:1 sleep 999', options)
  await until(get, ({ tasks }) => tasks.every(({ status }) => status === 'passed'))
  const last = await server.store.lastJournalSeq(id)
  await server.store.appendJournal(id, [
    { kind: 'gap', seq: last + 10_000, timeNano: `${Date.now()}000000`, reason: 'full' },
  ])

  const message = expect.stringContaining('not recorded')
  for (const body of [undefined, {}, { anyway: false }]) {
    const refused = await call(at('/submission'), 'POST', body)
    expect(refused).toMatchObject({ status: 503, body: { code: 'submission-broken' } })
    expect(refused.body.detail).toContain('Keep it calm')
    expect(refused.body.tasks).toEqual([{ task: 'calm', code: 'journal-gap', message, passes: false }])
    expect(await get()).toMatchObject({ state: 'ready', submission: null })
  }

  const submitted = await call(at('/submission'), 'POST', { anyway: true })
  expect(submitted.body.submission).toMatchObject({ points: 1, of: 3 })
  expect(submitted.body.submission.tasks).toEqual([
    { task: 'first', passed: true, points: 1, of: 1, code: 'passed', broken: false },
    { task: 'calm', passed: false, points: 0, of: 2, code: 'journal-gap', broken: true },
  ])
  const ended = await until(get, ({ state, submission }) => state === 'ended' && submission?.receipt !== '')
  expect(ended.tasks[1]).toMatchObject({
    status: 'broken',
    code: 'journal-gap',
    verdicts: [{ status: 'broken', code: 'journal-gap', message }],
  })

  const text = await (await fetch(at('/receipt'))).text()
  expect(verifyReceipt(text, publicKeyOf(place.config.dataDir))).toMatchObject({ ok: true })
  const receipt = JSON.parse(text) as Receipt
  expect(receipt.grade).toEqual({ points: 1, of: 3 })
  expect(receipt.tasks).toMatchObject([
    { task: 'first', passed: true },
    {
      task: 'calm',
      passed: false,
      points: 0,
      broken: true,
      verdicts: [{ check: 'events', status: 'broken', code: 'journal-gap', message }],
    },
  ])
  expect(receipt.tasks[0]).not.toHaveProperty('broken')
})
