import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ensureHostEngine } from './engine.ts'
import { testHost } from './test-host.ts'

const machine = await testHost()

function place(): string {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-wait-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return join(dir, 'docker.sock')
}

test('an engine that is not up yet is waited for, and that is said', async () => {
  const dockerSocket = place()
  const door = createServer((near) => {
    const far = connect(machine.host.socketPath)
    near.pipe(far).pipe(near)
    near.on('error', () => far.destroy())
  })
  onTestFinished(() => void door.close())
  const said: string[] = []
  const step = {
    progress(text: string) {
      said.push(text)
      // It comes up only once somebody waits.
      if (!door.listening) door.listen(dockerSocket)
    },
    outcome: (text: string) => void said.push(text),
  }
  const config = { ...machine.config, dockerSocket, engineWaitSeconds: 60 }
  expect(await ensureHostEngine(config, step)).toMatchObject({ socketPath: dockerSocket })
  expect(said[0]).toBe(`waiting for the engine at ${dockerSocket}, up to 60 s`)
  expect(said.at(-1)).toContain('running: Docker')
})

test('one that never comes is told after that time, and who is asked to stop meanwhile stops', async () => {
  const config = { ...machine.config, dockerSocket: place() }
  const step = { progress() {}, outcome() {} }
  await expect(ensureHostEngine({ ...config, engineWaitSeconds: 1 }, step)).rejects.toMatchObject({
    code: 'engine-unreachable',
    message: expect.stringContaining('after 1 s'),
  })
  const stop = new AbortController()
  const asked = { progress: () => stop.abort(), outcome() {} }
  await expect(
    ensureHostEngine({ ...config, engineWaitSeconds: 60 }, asked, stop.signal),
  ).rejects.toMatchObject({ name: 'AbortError' })
})
