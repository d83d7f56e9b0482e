import { readdir, readFile } from 'node:fs/promises'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { ChecksResult, Session, Verdict } from './contract/session.ts'
import { testHost } from './host/test-host.ts'
import { serverProcess } from './test-process.ts'
import { call, driverOf, greet, type TestPlace, testPlace, until } from './test-server.ts'

/** `npm run chaos -- --rounds N [--seed S]` sets them. */
const ROUNDS = Number(process.env.CHAOS_ROUNDS ?? 10)
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1e9)
/** How long a server lives, in milliseconds: from before its first request is answered to well into the work. */
const MOST_LIFE_MS = 6_000
const ACTORS = 3
/** What is done in a session, as often as it stands here. */
const WEIGHTS = { check: 9, type: 9, answer: 4, keep: 1, end: 1 }
const WORK = (Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]).flatMap((name) =>
  Array.from({ length: WEIGHTS[name] }, () => name),
)
/** When nothing is half-made any more, in milliseconds. */
const SETTLED_MS = 60_000

vi.setConfig({ testTimeout: 120_000 + ROUNDS * 30_000 })

const prepared = { ...greet, 'setup.sh': 'sleep 0.5; docker create --name there busybox:1' }
let place: TestPlace

beforeAll(async () => {
  place = await testPlace({ prepared, third: greet })
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

/** Numbers in [0, 1) that a seed repeats. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What one server was asked, one thing after another, until it is gone; verdicts that were told are noted. */
async function act(url: string, next: () => number, told: Map<string, Verdict>): Promise<void> {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T
  const api = (path: string, method: string, body?: unknown) => call(`${url}/api${path}`, method, body)
  const actions = {
    start: () => api('/sessions', 'POST', { lab: pick(['greet', 'prepared', 'third']) }),
    check: (id: string) =>
      api(`/sessions/${id}/checks`, 'POST').then(({ status, body }) => {
        if (status !== 200) return
        for (const verdict of (body as ChecksResult).verdicts)
          told.set(`${id} ${verdict.task} ${verdict.check}`, verdict)
      }),
    answer: (id: string) =>
      api(`/sessions/${id}/answers`, 'POST', { task: 'say', field: 'word', value: '0' }),
    keep: (id: string) => api(`/sessions/${id}/checkpoints`, 'POST', { name: 'kept' }),
    end: (id: string) => api(`/sessions/${id}`, 'DELETE'),
    async type(session: string) {
      const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false })
      try {
        const opened = await socket
          .timeout(3_000)
          .emitWithAck('terminal:open', { session, cols: 80, rows: 24 })
        if (!opened.ok) return
        const data = Buffer.from(`docker run -d --name greeter busybox:1 true\r`)
        const typed = { terminal: opened.value.id, writer: 'w', seq: 0, data }
        await socket.timeout(3_000).emitWithAck('terminal:input', typed)
      } finally {
        socket.close()
      }
    },
  }
  for (;;) {
    const { body } = await api('/sessions', 'GET')
    const sessions = body as Session[]
    const ready = sessions.filter(({ state }) => state === 'ready')
    const open = sessions.filter(({ state }) => !/ended|failed/.test(state))
    if (open.length < 2 || next() < 0.05) await actions.start()
    else if (ready.length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    // What is refused or takes too long is no matter: the next question finds out whether the server is gone.
    else await actions[pick(WORK)](pick(ready).id).catch(() => undefined)
  }
}

/** Ids of sandboxes' containers that the engine does not know but the machine still has something of. */
async function forgotten(ids: ReadonlySet<string>): Promise<string[]> {
  const { docker } = await testHost()
  const known = new Set((await docker.listContainers({ all: true })).map(({ Id }) => Id))
  const gone = [...ids].filter((id) => !known.has(id))
  const left = new Set<string>()
  const look = (text: string) => {
    for (const id of gone) if (text.includes(id)) left.add(id)
  }
  for (const group of await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => [])) look(group)
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)))
    look(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
  return [...left]
}

test(`a server killed at any moment loses no verdict, leaves nothing behind and no session in limbo (${ROUNDS} rounds, seed ${SEED})`, async () => {
  const next = random(SEED)
  const told = new Map<string, Verdict>()
  const containers = new Set<string>()
  const { docker } = await testHost()
  const driver = driverOf(place.config, place.host)
  onTestFinished(() => driver.close())
  const filters = { label: [`drydock.installation=${place.config.installation}`] }
  const count = { sessions: new Set<string>(), ready: 0, verdicts: 0 }

  for (let round = 1; round <= ROUNDS; round++) {
    const doomed = await serverProcess(place)
    onTestFinished(() => doomed.end('SIGKILL'))
    const actors = Array.from({ length: ACTORS }, () => act(doomed.url, next, told).catch(() => undefined))
    await new Promise((resolve) => setTimeout(resolve, next() * MOST_LIFE_MS))
    for (const { Id } of await docker.listContainers({ all: true, filters })) containers.add(Id)
    await doomed.end('SIGKILL')
    await Promise.all(actors)

    const server = await serverProcess(place)
    onTestFinished(() => server.end('SIGKILL'))
    const at = `${server.url}/api/sessions`
    const listed = async (): Promise<Session[]> => {
      const { body } = await call(at, 'GET')
      return Promise.all(body.map(async ({ id }: Session) => (await call(`${at}/${id}`, 'GET')).body))
    }
    const sessions = await until(
      listed,
      (all) =>
        all.every(({ state, engineReady }) => (state === 'ready' ? engineReady : /ended|failed/.test(state))),
      SETTLED_MS,
    )
    for (const { id } of sessions) count.sessions.add(id)

    for (const [key, verdict] of told) {
      const [id, task, check] = key.split(' ')
      const kept = sessions.find((each) => each.id === id)?.tasks.find((each) => each.task === task)
      const known = kept?.verdicts.find((each) => each.check === check)
      expect({ round, key, at: known && known.at >= verdict.at }).toEqual({ round, key, at: true })
    }
    count.verdicts = told.size

    const ready = sessions.filter(({ state }) => state === 'ready')
    count.ready += ready.length
    for (const { id } of ready) {
      const { status, body } = await call(`${at}/${id}/checks`, 'POST')
      expect({ round, id, status }).toEqual({ round, id, status: 200 })
      for (const verdict of body.verdicts)
        expect({ round, verdict }).not.toMatchObject({ verdict: { status: 'broken' } })
    }
    for (const { Id } of await docker.listContainers({ all: true, filters })) containers.add(Id)
    await server.end('SIGKILL')

    // What a sweep that knows the open sessions still finds was left behind.
    const keep = new Set((await driver.list()).slice(0, ready.length))
    expect({ round, sandboxes: keep.size }).toEqual({ round, sandboxes: ready.length })
    const found = Object.values(await driver.sweep(keep, 'all')).flat()
    expect({ round, found, forgotten: await forgotten(containers) }).toEqual({
      round,
      found: [],
      forgotten: [],
    })
  }

  const last = await serverProcess(place)
  onTestFinished(() => last.end('SIGKILL'))
  for (const { id } of (await call(`${last.url}/api/sessions`, 'GET')).body)
    await call(`${last.url}/api/sessions/${id}`, 'DELETE')
  await last.end('SIGINT')
  console.log(
    `chaos: ${count.sessions.size} sessions, ${count.ready} found running again, ${count.verdicts} verdicts`,
  )
})
