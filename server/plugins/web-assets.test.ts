import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { errors } from './errors.ts'
import { webAssets } from './web-assets.ts'

async function app(built: boolean) {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-web-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  if (built) {
    mkdirSync(join(dir, 'assets'))
    writeFileSync(join(dir, 'index.html'), '<title>Drydock</title>')
    writeFileSync(join(dir, 'assets/main-4f3a.js'), 'export {}')
  }
  const instance = Fastify()
  onTestFinished(() => instance.close())
  errors(instance)
  await webAssets(instance, dir)
  return instance
}

const page = { accept: 'text/html,*/*' }

test('files with a hash in their name are kept for ever, the page is asked for each time', async () => {
  const served = await app(true)
  const script = await served.inject({ url: '/assets/main-4f3a.js' })
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const index = await served.inject({ url: '/', headers: page })
  expect([index.body, index.headers['cache-control']]).toEqual(['<title>Drydock</title>', 'no-cache'])
})

test('an address inside the client gets the page, a file that is not there does not', async () => {
  const served = await app(true)
  const inside = await served.inject({ url: '/labs/oom-exit-137', headers: page })
  expect([inside.statusCode, inside.body]).toEqual([200, '<title>Drydock</title>'])
  expect((await served.inject({ url: '/assets/gone.js' })).json()).toMatchObject({ code: 'route-unknown' })
  expect((await served.inject({ method: 'POST', url: '/labs/x', headers: page })).statusCode).toBe(404)
  expect((await served.inject({ url: '/..%2f..%2fetc%2fpasswd' })).statusCode).toBeGreaterThanOrEqual(400)
})

test('without a built client there is an answer all the same', async () => {
  const served = await app(false)
  expect((await served.inject({ url: '/', headers: page })).json()).toMatchObject({ code: 'route-unknown' })
})
