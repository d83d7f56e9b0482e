import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { JournalRow } from '../../checks/check.ts'
import { ofThisMachine } from '../../checks/journal-rows.ts'
import { checks } from '../../checks/registry.ts'
import { openMachine } from '../cli/machine/open-machine.ts'
import { submittedMachines } from '../cli/machine.ts'
import { systemClock } from '../clock.ts'
import type { Session } from '../contract/session.ts'
import { silentReport } from '../host/report.ts'
import type { Sandbox, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import { sh } from '../sandbox/suite-tools.ts'
import type { Store } from '../store/store.ts'
import {
  call,
  driverOf,
  greet,
  receiptParts,
  type TestPlace,
  type TestServer,
  testPlace,
  testServer,
  until,
} from '../test-server.ts'
import { Catalogue } from './catalogue.ts'
import { runScript } from './run-script.ts'
import type { Services } from './services.ts'
import { capOf } from './session-size.ts'
import { timesOf } from './session-times.ts'
import { startServices } from './start-services.ts'

vi.setConfig({ testTimeout: 120_000 })

/** A lab with a container that must run, also after a reset, and a task that says so. */
const resumes = {
  ...greet,
  'lab.yaml': `${greet['lab.yaml']}  - id: fixture
    title: Leave it alone
    grading: must-hold
    checks:
      - use: object_exists
        with: { ref: greeter }
      - use: events
        with: { container: fixture, window: always, expect: [{ action: start, max: 1 }], forbid: [{ action: die }] }
    hints: [one]
`,
  'tasks/fixture.md': 'Leave it alone.',
  'setup.sh': 'docker run -d --name fixture busybox:1 sleep 1000',
  'resume.sh': 'docker start fixture',
}

let place: TestPlace
let server: TestServer
let driver: SandboxDriver
let id: string
const local = { id: 'local', name: 'You', role: 'admin' } as const

beforeAll(async () => {
  place = await testPlace({ resumes })
  server = await testServer(place)
  driver = driverOf(place.config, place.host)
  const { body } = await call(`${server.url}/api/sessions`, 'POST', { lab: 'resumes' })
  id = body.id
  await until(session, ({ state }) => state === 'ready')
})

afterAll(async () => {
  await server?.close()
  await driver?.close()
  expect(await place?.remove()).toEqual([])
})

const session = async (): Promise<Session> => (await call(at(), 'GET')).body
const at = (rest = '') => `${server.url}/api/sessions/${id}${rest}`

/** The session's machine as the store has it. */
async function machine(store: Store = server.store): Promise<Sandbox> {
  const found = await driver.get((await store.session(id))?.sandbox ?? '')
  if (!found) throw new Error('the session has no sandbox')
  return found
}

async function typed(text: string): Promise<string> {
  const options = { clock: systemClock, timeoutMs: 30_000, maxBytes: 10_000 }
  const { exitCode, output } = await runScript(await machine(), text, options)
  if (exitCode !== 0) throw new Error(output)
  return output.trim()
}

const names = async () => (await driver.checkpoints()).map(({ name }) => name).sort()

const said = (rows: readonly JournalRow[]) =>
  rows.map((row) =>
    row.kind === 'event' ? `${row.action} ${row.attributes.name ?? ''}` : `${row.kind} ${row.reason}`,
  )

test('a task that turns green leaves a checkpoint, and the freeze is in the journal', async () => {
  await call(at('/answers'), 'POST', { task: 'say', field: 'word', value: '0' })
  await typed('echo then > note; docker run --name greeter busybox:1 true')
  // How many share one depends on how fast the machine judges; the last comes after the last pass.
  const { checkpoints } = await until(session, (now) => {
    const passes = now.tasks.map(({ passedAt }) => passedAt ?? '9')
    return passes.every((at) => at < (now.checkpoints.at(-1)?.at ?? ''))
  })
  expect(checkpoints.at(-1)).toMatchObject({ name: null, bytes: expect.any(Number) })
  expect(['run', 'say', 'fixture']).toContain(checkpoints.at(-1)?.task)
  expect(await names()).toEqual(checkpoints.map((each) => each.id).sort())

  const rows = await server.store.journal(id)
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1))
  const marks = rows.filter(({ kind }) => kind === 'mark').slice(-2)
  expect(said(marks)).toEqual(['mark freeze', 'mark thaw'])
  const [freeze, thaw] = marks.map(({ timeNano }) => Number(BigInt(timeNano) / 1_000_000n))
  expect((thaw ?? 0) - (freeze ?? 0)).toBeGreaterThan(0)
  for (const { id } of checkpoints.slice(0, -1)) await call(at(`/checkpoints/${id}`), 'DELETE')
})

test('one is taken by hand and removed, an unknown one is not', async () => {
  expect(await call(at('/checkpoints'), 'POST', { name: ' ' })).toMatchObject({ status: 400 })
  const { status, body } = await call(at('/checkpoints'), 'POST', { name: ' before the risky part ' })
  expect(status).toBe(201)
  const [, mine] = (body as Session).checkpoints
  expect(mine).toMatchObject({ task: null, name: 'before the risky part' })
  const removed = await call(at(`/checkpoints/${mine?.id}`), 'DELETE')
  expect(removed.body.checkpoints).toHaveLength(1)
  expect(await call(at(`/checkpoints/${mine?.id}`), 'DELETE')).toMatchObject({
    status: 404,
    body: { code: 'checkpoint-unknown' },
  })
  expect(await call(at('/reset'), 'POST', { checkpoint: mine?.id })).toMatchObject({ status: 404 })
  expect(await driver.checkpoints()).toHaveLength(1)
})

test('a reset brings the machine back and keeps all that was earned', async () => {
  const before = await session()
  await typed('echo later > note; docker rm -f greeter; docker run -d --name later busybox:1 sleep 600')
  const old = await machine()
  const { live } = await server.services.workplaces.ready(local, id)
  const place = { id, owner: local.id, sandbox: live.sandbox }
  const shell = await server.services.terminals.open(place, { cols: 80, rows: 24 })
  const seen: boolean[] = []
  const stop = server.services.feed.listen({
    session: ({ resetting }) => void (seen.at(-1) !== resetting && seen.push(resetting)),
    notice: () => undefined,
  })

  const began = performance.now()
  const { status, body } = await call(at('/reset'), 'POST', { checkpoint: before.checkpoints[0]?.id })
  expect(body).toMatchObject({ resetting: false, state: 'ready', engineReady: true })
  expect(await typed('cat note')).toBe('then')
  console.info(`reset: click to an answering shell ${Math.round(performance.now() - began)} ms`)
  expect(status).toBe(200)
  stop()
  expect(seen.slice(-2)).toEqual([true, false])
  expect(shell.exit).not.toBeUndefined()
  expect(server.services.terminals.list(id)).toEqual([])

  await until(session, ({ steps }) => steps.some(({ name, ms }) => name === 'resume' && ms !== null))
  expect(await typed("docker ps -a --format '{{.Names}} {{.State}}' | sort")).toBe(
    'fixture running\ngreeter exited',
  )
  await until(driver.list.bind(driver), (ids) => ids.length === 1)
  expect(await old.state()).toBe('gone')
  const after = await session()
  // The third must hold, and its object was removed before the reset.
  expect(after.tasks.slice(0, 2)).toEqual(before.tasks.slice(0, 2))
  expect(after.answers).toEqual(before.answers)
  expect(after.checkpoints).toEqual(before.checkpoints)

  const checked = await call(at('/checks'), 'POST', { task: 'fixture' })
  expect(checked.body.tasks.at(-1)).toMatchObject({ task: 'fixture', status: 'passed' })
  const rows = await server.store.journal(id)
  expect(said(rows).filter((each) => each.startsWith('gap'))).toEqual([])
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1))
  expect(said(rows)).toContain('create later')
  const mine = said(ofThisMachine(rows))
  expect(mine).not.toContain('create later')
  expect(mine).not.toContain('destroy greeter')
  expect(mine).toContain('create greeter')
  expect(mine.filter((each) => /mark|start fixture/.test(each)).slice(-4)).toEqual([
    'mark freeze',
    'mark reset',
    'mark thaw',
    'start fixture',
  ])
})

test('a machine that cannot be made leaves the old one in use', async () => {
  const [checkpoint] = (await session()).checkpoints
  await typed('echo unharmed > note')
  const { sandbox } = (await server.store.session(id)) ?? {}
  await driver.removeCheckpoint(checkpoint?.id ?? '')
  expect(await call(at('/reset'), 'POST', { checkpoint: checkpoint?.id })).toMatchObject({
    status: 503,
    body: { code: 'reset-failed' },
  })
  expect(await session()).toMatchObject({ state: 'ready', resetting: false })
  expect(await typed('cat note')).toBe('unharmed')
  expect(await driver.list()).toEqual([sandbox])
  expect(await server.store.resets()).toEqual([])
  await call(at(`/checkpoints/${checkpoint?.id}`), 'DELETE')
})

/** A server that dies, as by kill -9, when it makes this call, or right after it: nothing of it happens any more. */
async function mortal(
  deadly: string,
  when: 'before' | 'after',
): Promise<{ services: Services; died: Promise<void> }> {
  const { promise: died, resolve } = Promise.withResolvers<void>()
  let dead = false
  const never = new Promise<never>(() => {})
  const die = () => {
    dead = true
    resolve()
    return never
  }
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(of, name) {
        const member: unknown = Reflect.get(of, name)
        if (typeof member !== 'function') return member
        return async (...args: unknown[]) => {
          if (dead || (name === deadly && when === 'before')) return die()
          const answer: unknown = await member.apply(of, args)
          return dead || name === deadly ? die() : answer
        }
      },
    })
  const { config, host } = place
  const log = pino({ level: 'silent' })
  const services = await startServices({
    store: wrap(server.store),
    driver: wrap(driverOf(config, host)),
    catalogue: await Catalogue.read({ labsDir: config.labsDir, checks, log }),
    checks,
    images: new Map(host.images.labs.map(({ name, id }) => [name, id])),
    clock: systemClock,
    log,
    times: timesOf(config),
    cap: capOf(config),
    seats: config.seats,
    pool: { floor: 0, ceiling: 0 },
    receipts: await receiptParts(config),
  })
  return { services, died }
}

test('a server that dies in the middle of a reset or a checkpoint loses nothing and leaves nothing', async () => {
  const { body } = await call(at('/checkpoints'), 'POST', { name: 'base' })
  expect(body).toMatchObject({ state: 'ready' })
  const [base] = (body as Session).checkpoints
  const deaths = [
    { call: 'beginReset', when: 'after', note: 'mine' },
    { call: 'create', when: 'after', note: 'mine' },
    { call: 'switchSandbox', when: 'after', note: 'unharmed' },
    { call: 'resumeReset', when: 'after', note: 'unharmed' },
    { call: 'finishCheckpoint', when: 'before', note: 'mine' },
  ] as const
  await server.close()
  for (const death of deaths) {
    server = await testServer(place)
    await typed('echo mine > note')
    await server.services.close()
    const { services, died } = await mortal(death.call, death.when)
    await services.workplaces.ready(local, id)
    const doomed =
      death.call === 'finishCheckpoint'
        ? services.checkpoints.byHand(local, id, 'half')
        : services.resets.reset(local, id, base?.id ?? '')
    await Promise.race([died, doomed])
    await server.close()

    server = await testServer(place)
    await server.services.workplaces.ready(local, id)
    await until(
      () => server.store.resets(),
      (resets) => resets.length === 0,
    )
    expect(await session(), death.call).toMatchObject({ state: 'ready', resetting: false })
    expect(await typed('cat note; docker ps -q | wc -l'), death.call).toBe(`${death.note}\n1`)
    const { sandbox } = (await server.store.session(id)) ?? {}
    expect(await driver.list(), death.call).toEqual([sandbox])
    expect(
      (await driver.checkpoints()).map(({ name }) => name),
      death.call,
    ).toEqual([base?.id])
    expect((await session()).checkpoints, death.call).toMatchObject([{ name: 'base' }])
    const rows = await server.store.journal(id)
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1))
    await server.close()
  }
  server = await testServer(place)
})

test('ending the session removes its checkpoints, but not the machine as it was submitted', async () => {
  const { live } = await server.services.workplaces.ready(local, id)
  await typed('echo handed-in > note')
  await server.services.checkpoints.submitted(live)
  const kept = (await server.store.checkpoints(id)).find(({ kind }) => kind === 'submitted')
  expect(kept).toMatchObject({ note: null, bytes: expect.any(Number), keepUntil: expect.any(Number) })
  expect((await session()).checkpoints.map(({ id }) => id)).not.toContain(kept?.id)
  await server.services.checkpoints.submitted(live)
  expect(await submittedMachines(server.store)).toMatchObject([kept ?? {}])
  expect((await call(at(), 'DELETE')).body.state).toBe('ended')
  expect((await driver.checkpoints()).map(({ name }) => name)).toEqual([kept?.id])
  await server.close()
  server = await testServer(place)
  expect((await driver.checkpoints()).map(({ name }) => name)).toEqual([kept?.id])
  // Beside the running server, whose installation it is not.
  const asked = { ...place, report: silentReport, signal: new AbortController().signal }
  const opened = kept && (await openMachine(asked, kept, (sandbox) => sh(sandbox, 'cat /home/student/note')))
  expect(opened).toBe('handed-in')
  expect((await driver.checkpoints()).map(({ name }) => name)).toEqual([kept?.id])
  await driver.removeCheckpoint(kept?.id ?? '')
})
