import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../clock.ts'
import { testHost } from '../../host/test-host.ts'
import type { Sandbox } from '../sandbox-driver.ts'
import { newSpec, sh } from '../suite-tools.ts'
import { DockerSandboxDriver } from './docker-driver.ts'

vi.setConfig({ testTimeout: 60_000 })

let driver: DockerSandboxDriver
let open: () => DockerSandboxDriver

beforeAll(async () => {
  const { config, host } = await testHost()
  open = () =>
    new DockerSandboxDriver({
      ...host,
      ...config,
      installation: `${config.installation.slice(0, 14)}-pause`,
      clock: systemClock,
      log: { info() {}, warn() {} } as never,
    })
  driver = open()
  await driver.prepare()
})

afterAll(async () => {
  await driver?.sweep(new Set())
  await driver?.close()
})

/** Counts ten times a second, in a container of the student's. */
const COUNT = `docker run -d --name counter busybox:1 sh -c 'while sleep 0.1; do echo; done' > /dev/null`
const counted = (sandbox: Sandbox) => sh(sandbox, 'docker logs counter | wc -l').then(Number)

test('every program stands still, and goes on as it was', async () => {
  const sandbox = await driver.create(newSpec())
  await sh(sandbox, COUNT)
  await sandbox.pause()
  await sandbox.pause()
  expect(await sandbox.state()).toBe('running')
  const cpu = (await sandbox.stats()).cpuNanos
  await expect(sh(sandbox, 'true')).rejects.toThrow('cannot exec in a paused container')
  await new Promise<void>((resolve) => void systemClock.after(1_000, resolve))
  expect((await sandbox.stats()).cpuNanos - cpu).toBeLessThan(50e6)
  await sandbox.unpause()
  await sandbox.unpause()
  const before = await counted(sandbox)
  await expect.poll(() => counted(sandbox)).toBeGreaterThan(before)
  await sandbox.destroy()
})

test('one that stands still can be ended, and swept, and a server that begins lets it go on', async () => {
  const [one, two] = [await driver.create(newSpec()), await driver.create(newSpec())]
  await one.pause()
  await one.destroy()
  expect(await one.state()).toBe('gone')
  await expect(one.pause()).rejects.toMatchObject({ code: 'sandbox-gone' })
  await two.pause()
  const next = open()
  await next.prepare()
  expect(await sh(two, 'echo goes on')).toBe('goes on')
  await next.close()
  await two.pause()
  await driver.sweep(new Set())
  expect(await driver.list()).toEqual([])
})
