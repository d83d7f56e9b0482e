import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import type { Session } from './contract/session.ts'
import { runScript } from './services/run-script.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'

const lab = `
title: Watched
promise: Tasks turn green by themselves
track: Foundations
order: 1
minutes: 5
level: start
model: A container is a process.
goals: [start a container]
images: ['busybox:1']
tasks:
  - id: once
    title: Run it once
    checks:
      - use: object_exists
        with: { ref: once }
    hints: [one]
  - id: hold
    title: Keep it running
    grading: must-hold
    checks:
      - use: field
        with: { ref: kept, path: State.Running, eq: true }
        codes: { object-missing: nothing-kept }
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
  'solutions/good/all.sh':
    '# passes: all\ndocker run --name once busybox:1 true\ndocker run -d --name kept busybox:1 sleep 99\nanswer code 0\n',
}

let place: TestPlace
let server: TestServer
let id: string
/** What the feed told, in order. */
let told: Session[] = []

beforeAll(async () => {
  place = await testPlace({ watched: files })
  await begin()
  id = (await call(`${server.url}/api/sessions`, 'POST', { lab: 'watched' })).body.id
  await seen(({ state }) => state === 'ready')
})

afterAll(async () => {
  if (id) await call(`${server.url}/api/sessions/${id}`, 'DELETE')
  await server?.close()
  expect(await place?.remove()).toEqual([])
})

async function begin() {
  server = await testServer(place)
  told = []
  server.services.feed.listen({ session: (session) => void told.push(session), notice() {} })
}

/** The first session told, from now on, that is as wanted. */
function seen(wanted: (session: Session) => boolean): Promise<Session> {
  const { promise, resolve } = Promise.withResolvers<Session>()
  const stop = server.services.feed.listen({
    session(session) {
      if (session.id !== id || !wanted(session)) return
      stop()
      resolve(session)
    },
    notice() {},
  })
  return promise
}

const status = (session: Session | undefined) =>
  Object.fromEntries(session?.tasks.map(({ task, status, code }) => [task, `${status} ${code}`]) ?? [])

async function typed(script: string) {
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  return runScript(sandbox, script, { clock: systemClock, timeoutMs: 60_000, maxBytes: 10_000 })
}

test('tasks turn green by themselves; what is latched stays, what must hold follows the truth', async () => {
  const green = seen((session) => status(session).once === 'passed passed')
  await typed('docker run --name once busybox:1 true')
  const first = await green
  expect(first.tasks.map(({ live }) => live)).toEqual([true, true, true])

  const held = seen((session) => status(session).hold === 'passed passed')
  await typed('docker run -d --name kept busybox:1 sleep 99')
  await held
  const fell = seen((session) => status(session).hold === 'not-yet nothing-kept')
  await typed('docker rm -f kept once')
  expect(status(await fell).once).toBe('passed passed')
  const list = await call(`${server.url}/api/sessions`, 'GET')
  expect(list.body[0].passed).toEqual(['once'])
})

test('an answer has its task judged, from the page and from the terminal', async () => {
  await typed('docker run --name once busybox:1 sh -c "exit 3"')
  const wrong = seen((session) => status(session).say === 'not-yet answer-wrong')
  await call(`${server.url}/api/sessions/${id}/answers`, 'POST', { task: 'say', field: 'code', value: '4' })
  await wrong
  const right = seen((session) => status(session).say === 'passed passed')
  await typed('answer code 3')
  await right
})

test('a flood of events makes few runs, and the last word is the truth', async () => {
  const before = (await server.store.verdicts(id)).length
  const began = Date.now()
  const green = seen((session) => status(session).hold === 'passed passed')
  await typed(`
    docker create --name kept busybox:1 sleep 99
    for n in $(seq 40); do docker rename kept other; docker rename other kept; done
    docker start kept`)
  await green
  const runs = (await server.store.verdicts(id)).length - before
  const rows = (await server.store.journal(id)).length
  expect(rows).toBeGreaterThan(80)
  expect(runs).toBeLessThanOrEqual(20 + (2 * (Date.now() - began)) / 1_000)
})

test('after a restart of the server a session is graded by itself again, and what came meanwhile counts', async () => {
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  await server.close()
  await runScript(sandbox, 'docker rm -f kept', { clock: systemClock, timeoutMs: 30_000, maxBytes: 1_000 })
  await begin()
  await until(
    async () => status((await call(`${server.url}/api/sessions/${id}`, 'GET')).body),
    ({ hold }) => hold === 'not-yet nothing-kept',
  )
  const green = seen((session) => status(session).hold === 'passed passed')
  await typed('docker run -d --name kept busybox:1 sleep 99')
  await green
})

test('an engine that is away costs nothing, and the task is judged as soon as it answers', async () => {
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  const root = (argv: string[]) => sandbox.exec({ argv, user: 'root' }).then(({ exit }) => exit)
  await root(['/usr/bin/pkill', '-STOP', 'dockerd'])
  const asked = await call(`${server.url}/api/sessions/${id}/checks`, 'POST', { task: 'hold' })
  expect(asked.body.verdicts).toMatchObject([{ status: 'broken' }])
  expect(asked.body.tasks[1]).toMatchObject({ task: 'hold', status: 'passed' })
  const { broken } = (await call(`${server.url}/api/health`, 'GET')).body
  expect(broken.tasks).toBeGreaterThan(0)
  const [{ code }] = asked.body.verdicts
  expect(broken.byCode[code]).toBeGreaterThan(0)
  await root(['/usr/bin/pkill', '-CONT', 'dockerd'])
  const fell = seen((session) => status(session).hold === 'not-yet nothing-kept')
  await typed('docker rm -f kept')
  await fell
})
