import { afterAll, beforeAll, expect, test } from 'vitest'
import { sessionToken } from './session-token.ts'
import { SandboxMachine } from './testing/sandbox-machine.ts'
import { StudentMachine } from './testing/student-machine.ts'

let machine: SandboxMachine
const token = await sessionToken('seed')
beforeAll(async () => {
  machine = await SandboxMachine.start('scan')
  await machine.sh(`
    mkdir bs && cd bs && printf '%s\\n' ${token} > tok
    build() { docker build -q -t "$1:1" -f - .; }
    printf 'FROM busybox:1\\nENV KEY=${token}\\n' | build config
    printf 'FROM busybox:1\\nARG KEY=${token}\\nRUN true\\n' | build history
    printf 'FROM busybox:1\\nCOPY tok /srv/app/tok\\nRUN rm -r /srv/app && mkdir -p /srv/app && touch /srv/app/new\\n' | build layer
    printf 'FROM busybox:1\\nRUN touch /${token}\\n' | build name
    printf 'FROM busybox:1\\nRUN head -c 3000000 /dev/zero > /f; echo ${token.slice(0, 20)} >> /f\\nRUN echo new > /f && mkdir /f.d\\n' | build clean`)
})
afterAll(() => machine[Symbol.asyncDispose]())

const scan = (image: string, params: object) =>
  machine.check('image_scan', { image: `${image}:1`, ...params })
const code = async (image: string, params: object) => (await scan(image, params)).code
const secret = { secret: { token: true } }

test('a secret is found wherever it is, and not shown', async () => {
  expect(await code('config', secret)).toBe('secret-in-config')
  expect(await code('history', { ...secret, scope: ['history', 'layers'] })).toBe('secret-in-history')
  expect(await scan('layer', secret)).toMatchObject({
    code: 'secret-in-layer',
    message: 'The secret is in `layer:1`: in /srv/app/tok, which a later layer hides.',
    evidence: [{ observed: 'the secret, in /srv/app/tok of layer 2 of 3' }],
  })
  const named = await machine.ask('image_scan', { image: 'name:1', ...secret, scope: ['layers'] })
  expect(named.verdict).toMatchObject({
    code: 'secret-in-layer',
    message: expect.stringContaining('in /***'),
  })
  expect(named.gathered).not.toContain(token)
  expect(await code('clean', secret)).toBe('passed')
  expect(await code('config', { ...secret, scope: ['history', 'layers'] })).toBe('secret-in-history')
})

test('a secret may be a text, or what a file holds', async () => {
  const file = { secret: { file: '/home/student/bs/tok' } }
  expect(await code('layer', { secret: { text: token } })).toBe('secret-in-layer')
  expect(await code('layer', file)).toBe('secret-in-layer')
  await machine.sh('cp bs/tok bs/short && truncate -s 3 bs/short')
  expect(await code('layer', { secret: { file: '/home/student/bs/short' } })).toBe('secret-unknown')
  expect(await code('layer', { secret: { file: '/home/student/bs/nothing' } })).toBe('secret-unknown')
  expect(await code('nothing', file)).toBe('object-missing')
})

test('paths of a container, and those that layers still hold', async () => {
  const tok = '^/srv/app/tok$'
  expect(await code('layer', { present: ['^/srv/app/new$', '^/bin/sh$'], absent: [tok, '\\.wh\\.'] })).toBe(
    'passed',
  )
  expect(await code('layer', { never: [tok] })).toBe('path-in-layer')
  expect(await code('layer', { present: [tok] })).toBe('path-missing')
  expect(await code('layer', { absent: ['^/srv/app/'] })).toBe('path-unexpected')
  expect(await code('layer', { never: ['^/srv/app/new$'] })).toBe('path-unexpected')
  expect(await code('clean', { present: ['^/f$'], never: ['^/srv'] })).toBe('passed')
})

test('every golden layer bears the mark without which an engine cannot save it', async () => {
  const layers = await machine.sh(
    'sudo sh -c "cd /var/lib/docker/overlay2; for each in /opt/golden/layers/*; do ls -d \\$(basename \\$each)/committed; done" | wc -l',
  )
  expect(Number(layers)).toBe(Number(await machine.sh('ls /opt/golden/layers | wc -l')))
})

test('an image of an older engine is read too', async () => {
  await using older = await StudentMachine.start()
  const image = await older.build('old', 'busybox:1', ['RUN echo text-to-find > /a', 'RUN rm /a'])
  const found = await older.check('image_scan', {
    image,
    secret: { text: 'text-to-find' },
    scope: ['layers'],
  })
  expect(found.code).toBe('secret-in-layer')
  expect((await older.check('image_scan', { image, absent: ['^/a$'] })).code).toBe('passed')
  expect((await older.check('image_scan', { image, never: ['^/a$'] })).code).toBe('path-in-layer')
})
