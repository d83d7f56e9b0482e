import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { loadConfig } from './config.ts'
import type { Session } from './contract/session.ts'
import { runScript } from './services/run-script.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

const { labsDir } = loadConfig()
const labs = readdirSync(labsDir).filter((slug) => existsSync(join(labsDir, slug, 'resume.sh')))
/** Who has not ended after so many seconds stays. */
const STAYS_S = 2

let place: TestPlace
let server: TestServer

beforeAll(async () => {
  const made = await testPlace()
  place = { ...made, config: { ...made.config, labsDir } }
  server = await testServer(place)
})
afterAll(async () => {
  await server?.close()
  expect(await place?.remove()).toEqual([])
})

test.each(labs)('what runs in %s runs again after a reset, and stays', async (lab) => {
  const { id } = (await call(`${server.url}/api/sessions`, 'POST', { lab })).body
  const at = (rest = '') => `${server.url}/api/sessions/${id}${rest}`
  const session = async (): Promise<Session> => (await call(at(), 'GET')).body
  const typed = async (script: string) => {
    const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
    const { output } = await runScript(sandbox, script, {
      clock: systemClock,
      timeoutMs: 60_000,
      maxBytes: 10_000,
    })
    return output.trim().split('\n')
  }
  await until(session, ({ state }) => state === 'ready')
  const running = await typed("docker ps --format '{{.Names}}' | sort")
  expect(running).not.toEqual([''])

  const saved = await call(at('/checkpoints'), 'POST', { name: 'before' })
  const [checkpoint] = saved.body.checkpoints
  const reset = await call(at('/reset'), 'POST', { checkpoint: checkpoint.id })
  // Who is told that the machine is back is told in the same breath that the lab still starts something.
  expect(reset.body.resetting).toBe(false)
  expect(reset.body.steps.map(({ name }: { name: string }) => name)).toContain('resume')
  await until(session, ({ steps }) => steps.every(({ ms }) => ms !== null))
  const ended = await typed(
    `for name in ${running.join(' ')}; do timeout ${STAYS_S} docker wait $name && echo $name ended; done; true`,
  )
  expect(ended).toEqual([''])
  await call(at(), 'DELETE')
})
