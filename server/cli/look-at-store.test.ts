import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { testHost } from '../host/test-host.ts'
import { DockerSandboxDriver } from '../sandbox/docker/docker-driver.ts'
import { lookAtStore } from './look-at-store.ts'

test('the golden store that a driver has made is of today, and one that nobody has made is said with what to do', async () => {
  const { config, host } = await testHost()
  const log = { info() {}, warn() {} }
  const driver = new DockerSandboxDriver({ ...host, ...config, clock: systemClock, log })
  onTestFinished(() => driver.close())
  await driver.prepare()
  expect(await lookAtStore(config)).toEqual([
    { name: 'golden store', state: 'ok', seen: expect.stringMatching(/^store-[0-9a-f]{16},/) },
  ])
  const empty = mkdtempSync(join(tmpdir(), 'drydock-store-'))
  onTestFinished(() => rmSync(empty, { recursive: true }))
  expect(await lookAtStore({ ...config, hostDir: empty })).toMatchObject([{ state: 'warn' }])
  expect(await lookAtStore({ ...config, dockerSocket: '/nowhere.sock' })).toEqual([])
})
