import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { endSandboxes } from './cli/end-sandboxes.ts'
import { testHost } from './host/test-host.ts'
import { startServer } from './main.ts'
import { call, type TestPlace, testPlace, testServer, until } from './test-server.ts'

vi.setConfig({ testTimeout: 60_000 })

let place: TestPlace

beforeAll(async () => {
  place = await testPlace()
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

test('an upgrade that cannot go on with open sessions says which before anything changes, and starts when they are ended', async () => {
  const { docker } = await testHost()
  const server = await testServer(place)
  const { body } = await call(`${server.url}/api/sessions`, 'POST', { lab: 'greet' })
  await until(
    () => call(`${server.url}/api/sessions/${body.id}`, 'GET'),
    (answer) => answer.body.state === 'ready',
  )
  const sandbox = (await server.store.session(body.id))?.sandbox
  await server.close()

  // As a version made it of which this one knows nothing.
  const name = `drydock-${place.config.installation}-${sandbox}`
  const { Config, Image } = await docker.getContainer(name).inspect()
  await docker.getContainer(name).remove({ force: true })
  await docker.createContainer({ name, Image, Labels: { ...Config.Labels, 'drydock.version': '0' } })

  await expect(startServer(place.config, place.host)).rejects.toMatchObject({
    code: 'sandboxes-outdated',
    message: expect.stringContaining(`session ${body.id}, lab greet, of local`),
  })
  expect((await docker.getContainer(name).inspect()).State.Status).toBe('created')

  await endSandboxes(place.config, place.host, { keepCheckpoints: true })
  const upgraded = await startServer(place.config, place.host)
  onTestFinished(() => upgraded.close())
  const { body: ended } = await until(
    () => call(`${upgraded.url}/api/sessions/${body.id}`, 'GET'),
    (answer) => answer.body.state === 'failed',
  )
  expect(ended.problem.code).toBe('sandbox-gone')
})
