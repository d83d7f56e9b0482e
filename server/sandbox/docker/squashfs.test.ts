import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { testHost } from '../../host/test-host.ts'
import { newSpec, sh } from '../suite-tools.ts'
import { DockerSandboxDriver } from './docker-driver.ts'

// A kernel without erofs gets the same store and tools as squashfs.

let driver: DockerSandboxDriver

beforeAll(async () => {
  const { config, host } = await testHost()
  driver = new DockerSandboxDriver({
    ...host,
    ...config,
    installation: `${config.installation}-squashfs`,
    clock: systemClock,
    log: { info() {}, warn() {} },
    format: 'squashfs',
  })
})

afterAll(async () => {
  await driver.sweep(new Set())
  await driver.close()
})

test('a sandbox over squashfs runs images and builds on them', async () => {
  const sandbox = await driver.create(newSpec())
  expect(await sh(sandbox, 'findmnt -nro FSTYPE /opt/drydock')).toBe('squashfs')
  expect(await sh(sandbox, 'docker run --rm busybox:1 echo runs')).toBe('runs')
  await sh(
    sandbox,
    `printf 'FROM lab/net:1\\nRUN rm /usr/bin/curl && echo built > /mark\\n' | docker build -q -t mine -`,
  )
  const seen = 'docker run --rm mine sh -c "cat /mark; ls /usr/bin/curl 2> /dev/null || echo gone"'
  expect(await sh(sandbox, seen)).toBe('built\ngone')
})
