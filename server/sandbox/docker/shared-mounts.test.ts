import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { mountsBelow } from '../../host/own-engine/mounts.ts'
import { testHost } from '../../host/test-host.ts'
import { newSpec, sh } from '../suite-tools.ts'
import { DockerSandboxDriver } from './docker-driver.ts'

test('a host engine that came back without its mounts gets them again, and a disk that was frozen when they ended', async () => {
  const { config, host, docker } = await testHost()
  const hostDir = mkdtempSync(join(tmpdir(), 'drydock-shared-'))
  const log = { info() {}, warn() {} }
  const driver = new DockerSandboxDriver({ ...host, ...config, hostDir, clock: systemClock, log })
  const unmount = async () => {
    const points = await mountsBelow(hostDir)
    for (const point of points.toReversed()) execFileSync('umount', [point])
    return points.length
  }
  onTestFinished(async () => {
    await driver.sweep(new Set())
    await driver.close()
    await unmount()
    rmSync(hostDir, { recursive: true })
  })
  await driver.prepare()
  // What becomes of them when the container that an engine runs in is started anew.
  expect(await unmount()).toBe(2)

  await driver.prepare()
  const sandbox = await driver.create(newSpec())
  expect(await sh(sandbox, 'docker run --rm busybox:1 echo runs')).toBe('runs')

  // And of a disk that was frozen for a checkpoint just then.
  const root = join(hostDir, config.installation, sandbox.id, 'root')
  await docker.getContainer(`drydock-${config.installation}-${sandbox.id}`).kill()
  execFileSync('fsfreeze', ['-f', root])
  execFileSync('umount', [root])
  await driver.prepare()
  const again = await driver.restart(sandbox.id)
  expect(await sh(again, 'touch /written && echo goes on')).toBe('goes on')
})
