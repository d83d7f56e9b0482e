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

let place: TestPlace
let server: TestServer
let id: string

beforeAll(async () => {
  place = await testPlace({ sealed: files })
  server = await testServer(place)
})
afterAll(async () => {
  await server?.close()
  // A submission keeps the machine as it was submitted.
  expect(await place?.remove()).toEqual([expect.stringMatching(/^[0-9a-f]{16}-[0-9a-f]{8}$/)])
})

const at = (path = '') => `${server.url}/api/sessions/${id}${path}`
const get = async (): Promise<Session> => (await call(at(), 'GET')).body

test('a submitted session has a receipt that verifies offline, from a machine that the student never touched', async () => {
  id = (await call(`${server.url}/api/sessions`, 'POST', { lab: 'sealed' })).body.id
  await until(get, ({ state }) => state === 'ready')
  expect((await call(at('/receipt'), 'GET')).body.code).toBe('receipt-unknown')

  const { sandbox } = await server.services.sessions.live(server.services.localUser, id)
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
    lab: { slug: 'sealed' },
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
