import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import type { Session } from '../contract/session.ts'
import { runScript } from '../services/run-script.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer, until } from '../test-server.ts'

let place: TestPlace
let server: TestServer
const stranger = { id: 'bob', name: 'Bob', role: 'admin' } as const

beforeAll(async () => {
  place = await testPlace()
  server = await testServer(place)
  await server.store.putUser(stranger)
})

afterAll(async () => {
  await server?.close()
  expect(await place?.remove()).toEqual([])
})

const at = (path: string) => `${server.url}/api/sessions${path}`

async function started(lab: string): Promise<Session> {
  const { status, body } = await call(at(''), 'POST', { lab })
  expect(status).toBe(201)
  return body
}

/** The session when it is no longer on its way. */
function settled(id: string): Promise<Session> {
  const ask = async () => (await call(at(`/${id}`), 'GET')).body as Session
  return until(ask, ({ state }) => !['requested', 'starting', 'ending'].includes(state))
}

/** Runs a script as the student, as if typed. */
async function typed(id: string, script: string, user = server.services.localUser) {
  const { sandbox } = await server.services.workplaces.live(user, id)
  return runScript(sandbox, script, { clock: systemClock, timeoutMs: 30_000, maxBytes: 10_000 })
}

test('a session from its request to its end', async () => {
  const asked = await started('greet')
  expect(asked).toMatchObject({ lab: 'greet', engineReady: false, problem: null, answers: [] })
  expect(asked.tasks.map(({ task, status }) => [task, status])).toEqual([
    ['run', 'unchecked'],
    ['say', 'unchecked'],
  ])
  const again = await call(at(''), 'POST', { lab: 'greet' })
  expect([again.status, again.body.id]).toEqual([200, asked.id])

  const ready = await settled(asked.id)
  expect(ready).toMatchObject({ state: 'ready', engineReady: true, endedAt: null })
  expect(ready.steps.map(({ name, ms }) => [name, typeof ms])).toEqual([
    ['disk', 'number'],
    ['sandbox', 'number'],
    ['engine', 'number'],
  ])

  // Not yet: nothing was done.
  const before = await call(at(`/${asked.id}/checks`), 'POST')
  expect(before.status).toBe(200)
  expect(before.body.tasks).toMatchObject([
    { task: 'run', status: 'not-yet', code: 'not-greeted', passedAt: null },
    { task: 'say', status: 'not-yet', code: 'answer-missing', passedAt: null },
  ])
  expect(before.body.verdicts[0]).toEqual({
    task: 'run',
    check: 'object_exists',
    status: 'not-yet',
    code: 'not-greeted',
    message: expect.any(String),
    evidence: [{ expected: 'a container named greeter', observed: 'none', source: 'container greeter' }],
    at: expect.stringMatching(/^\d{4}-.*Z$/),
  })

  // Done by hand, one task checked alone; the event of a moment ago is in the journal.
  expect(await typed(asked.id, 'docker run --name greeter busybox:1 sh -c "exit 7"')).toMatchObject({
    exitCode: 7,
  })
  const one = await call(at(`/${asked.id}/checks`), 'POST', { task: 'run' })
  expect(one.body.verdicts.map((v: { check: string; status: string }) => [v.check, v.status])).toEqual([
    ['object_exists', 'passed'],
    ['events', 'passed'],
  ])
  const passedAt = one.body.tasks[0].passedAt
  expect(passedAt).toEqual(expect.any(String))
  expect(one.body.tasks[1]).toMatchObject({ task: 'say', status: 'not-yet' })

  // Answered, wrongly and rightly, from the page and from the terminal: one record.
  const answers = at(`/${asked.id}/answers`)
  const wrong = await call(answers, 'POST', { task: 'say', field: 'word', value: ' 8 ' })
  expect(wrong.body.answers).toEqual([
    { task: 'say', field: 'word', value: '8', tries: 1, at: expect.any(String) },
  ])
  const inTerminal = await typed(asked.id, 'answer word 7')
  expect(inTerminal).toMatchObject({ exitCode: 0, output: expect.stringContaining('try 2') })
  const all = await call(at(`/${asked.id}/checks`), 'POST', {})
  expect(all.body.tasks).toMatchObject([
    { task: 'run', status: 'passed', code: 'passed', passedAt },
    { task: 'say', status: 'passed' },
  ])

  // What is latched and was passed once stays so.
  await typed(asked.id, 'docker rm greeter')
  const later = await call(at(`/${asked.id}/checks`), 'POST', { task: 'run' })
  expect(later.body.tasks[0]).toMatchObject({ status: 'passed', code: 'passed', passedAt })

  const listed = await call(at(''), 'GET')
  expect(listed.body[0]).toMatchObject({ id: asked.id, lab: 'greet', state: 'ready', passed: ['run', 'say'] })

  const { sandbox } = await server.services.workplaces.live(server.services.localUser, asked.id)
  const ended = await call(at(`/${asked.id}`), 'DELETE')
  expect([ended.status, ended.body.state, ended.body.engineReady]).toEqual([200, 'ended', false])
  expect(await sandbox.state()).toBe('gone')
  expect((await call(at(`/${asked.id}`), 'DELETE')).body.state).toBe('ended')

  // What was achieved can still be read, but nothing more be done.
  expect((await call(at(`/${asked.id}`), 'GET')).body.tasks[1]).toMatchObject({
    task: 'say',
    status: 'passed',
  })
  for (const [path, body] of [
    ['checks', {}],
    ['answers', { task: 'say', field: 'word', value: '7' }],
  ] as const) {
    expect((await call(at(`/${asked.id}/${path}`), 'POST', body)).body.code).toBe('session-over')
  }
})

test('while the lab is prepared a terminal can be opened and nothing be checked', async () => {
  const { id } = await started('slow')
  const preparing = await until(
    async () => (await call(at(`/${id}`), 'GET')).body as Session,
    ({ engineReady }) => engineReady,
  )
  expect(preparing.state).toBe('starting')
  expect(preparing.steps.at(-1)).toEqual({ name: 'setup', ms: null })
  expect((await call(at(`/${id}/checks`), 'POST', {})).body.code).toBe('session-not-ready')
  const early = await typed(id, 'answer word 7')
  expect(early).toMatchObject({ exitCode: 1, output: expect.stringContaining('still being prepared') })

  expect(await typed(id, 'cat setup-was-here; touch go-on')).toMatchObject({ output: 'setup\n' })
  const ready = await settled(id)
  expect(ready.state).toBe('ready')
  expect(ready.steps.at(-1)).toEqual({ name: 'setup', ms: expect.any(Number) })
  await call(at(`/${id}`), 'DELETE')
})

test('a session that is ended while it starts leaves nothing', async () => {
  const { id } = await started('slow')
  await until(
    async () => (await call(at(`/${id}`), 'GET')).body as Session,
    ({ engineReady }) => engineReady,
  )
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  const ended = await call(at(`/${id}`), 'DELETE')
  expect(ended.body).toMatchObject({ state: 'ended', problem: null })
  expect(await sandbox.state()).toBe('gone')
})

test('a session that is ended at once leaves nothing, and the lab can be started again', async () => {
  const { id } = await started('greet')
  const [ended] = await Promise.all([call(at(`/${id}`), 'DELETE'), call(at(`/${id}`), 'DELETE')])
  expect(ended?.body.state).toBe('ended')
  const { id: next } = await started('greet')
  expect(next).not.toBe(id)
  expect((await settled(next)).state).toBe('ready')
  await call(at(`/${next}`), 'DELETE')
})

test('a setup.sh that fails ends the session with what it said, and leaves nothing', async () => {
  const { id } = await started('fails-in-setup')
  const failed = await settled(id)
  expect(failed).toMatchObject({
    state: 'failed',
    engineReady: false,
    problem: {
      code: 'setup-failed',
      detail: expect.stringContaining('no such thing'),
      hint: expect.any(String),
    },
  })
  expect(failed.problem?.detail).toContain('exit code 3')
  expect(await server.store.openSessions()).toEqual([])
})

test('answers are taken only for what the lab asks, and in bounds', async () => {
  const { id } = await started('greet')
  await settled(id)
  const give = (task: string, field: string, value: string) =>
    call(at(`/${id}/answers`), 'POST', { task, field, value })
  expect((await give('none', 'word', '7')).body.code).toBe('task-unknown')
  expect((await give('run', 'word', '7')).body.code).toBe('answer-field-unknown')
  expect((await give('say', 'word', ' ')).body.code).toBe('request-invalid')
  expect((await give('say', 'word', 'x'.repeat(501))).body.code).toBe('request-invalid')
  expect((await give('say', 'word', '€'.repeat(400))).body.code).toBe('answer-too-long')
  const closed = await give('say', 'mood', 'angry')
  expect(closed.body).toMatchObject({ code: 'request-invalid', detail: 'mood is one of: kind, rude.' })
  expect((await give('say', 'mood', 'kind')).status).toBe(200)
  expect((await call(at(`/${id}/checks`), 'POST', { task: 'none' })).body.code).toBe('task-unknown')

  const lost = await typed(id, 'answer colour blue; answer mood angry; answer mood rude; answer')
  expect(lost.output).toMatch(/This lab asks for: word, mood\.\n/)
  expect(lost.output).toMatch(/mood is one of: kind, rude\.\n/)
  expect((await call(at(`/${id}`), 'GET')).body.answers).toMatchObject([
    { field: 'mood', value: 'rude', tries: 2 },
  ])

  // The student ends the desk: it is there again a moment later.
  await typed(id, 'sudo pkill -f answer-desk')
  await until(
    () => typed(id, 'answer mood kind'),
    ({ exitCode }) => exitCode === 0,
  )
  expect((await call(at(`/${id}`), 'GET')).body.answers).toMatchObject([
    { field: 'mood', value: 'kind', tries: 3 },
  ])
  await call(at(`/${id}`), 'DELETE')
})

test('a session of somebody else is as unknown as one that never was, whatever is asked of it', async () => {
  const { session } = await server.services.sessions.start(stranger, 'greet')
  const { id } = session
  await until(
    () => server.services.sessions.get(stranger, id),
    ({ state }) => state === 'ready',
  )
  const unknown = 'f'.repeat(24)
  const asks: [string, string, unknown?][] = [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/checks', {}],
    ['POST', '/checks', { task: 'run' }],
    ['POST', '/answers', { task: 'say', field: 'word', value: '7' }],
  ]
  for (const [method, path, body] of asks) {
    const theirs = await call(at(`/${id}${path}`), method, body)
    expect(theirs).toEqual(await call(at(`/${unknown}${path}`), method, body))
    expect(theirs.status).toBe(404)
  }
  expect((await call(at(''), 'GET')).body.some((each: Session) => each.id === id)).toBe(false)
  await expect(server.services.workplaces.live(server.services.localUser, id)).rejects.toMatchObject({
    code: 'session-unknown',
  })
  expect(await server.services.sessions.get(stranger, id)).toMatchObject({ state: 'ready', answers: [] })

  // Mine of the same lab is another one.
  const mine = await started('greet')
  expect(mine.id).not.toBe(id)
  await call(at(`/${mine.id}`), 'DELETE')
  await server.services.sessions.end(stranger, id)
})

test('checks asked for at the same time are run one after the other, and each is kept', async () => {
  const { id } = await started('greet')
  await settled(id)
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) => call(at(`/${id}/checks`), 'POST', i % 2 ? {} : { task: 'run' })),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  const kept = await server.store.verdicts(id)
  // Who asks for what is already waiting gets that: at least one run of each kind, at most one for each that asked.
  expect(kept.length).toBeGreaterThanOrEqual(5)
  expect(kept.length).toBeLessThanOrEqual(15)
  expect(kept[0]).toMatchObject({
    use: { use: 'object_exists', with: { ref: 'greeter' } },
    gathered: '{"id":null}',
  })
  expect(answers[0]?.body.tasks).toMatchObject([{ tampered: [] }, { tampered: [] }])

  // A verdict is given all the same; what was seen of the machine is kept with it and marks the task.
  await typed(id, 'sudo touch /usr/bin/docker')
  const after = await call(at(`/${id}/checks`), 'POST', { task: 'run' })
  expect(after.body.tasks).toMatchObject([
    {
      task: 'run',
      status: 'not-yet',
      code: 'not-greeted',
      tampered: [{ path: '/usr/bin/docker', what: 'This is not the program of the sandbox image.' }],
    },
    { task: 'say', tampered: [] },
  ])
  const seen = (await server.store.tampers(id)).at(-1)
  expect(seen).toMatchObject({ tampered: true, seen: expect.stringContaining('"/usr/bin/docker"') })
  await call(at(`/${id}`), 'DELETE')
})
