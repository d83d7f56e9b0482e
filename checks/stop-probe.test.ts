import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const app = { ready: '^app: ready', goodbye: '^app: goodbye$' }

async function stop(params: Record<string, unknown>) {
  const verdict = await machine.check('stop_probe', params)
  return verdict.code
}

const build = (name: string, lines: string[]) => machine.build(name, 'lab/slow:1', lines)

test('a program that hears the signal', async () => {
  const image = await build('fast', ['CMD ["/app.sh"]'])
  expect(await stop({ image, ...app })).toBe('passed')
  expect(await stop({ image, ...app, exit_codes: [143] })).toBe('exit-wrong')
  expect(await stop({ image, ready: '^app: ready', silent: '^app: goodbye$' })).toBe('goodbye-unexpected')
  expect(await stop({ image, ready: '^app: ready', goodbye: '^farewell$' })).toBe('goodbye-missing')
  expect(await machine.leftBehind(image)).toEqual([])
})

test('a shell in front of it does not hear', async () => {
  expect(await stop({ image: 'nothing:1', ...app })).toBe('object-missing')
  const image = await build('shell', [])
  expect(await stop({ image, ...app })).toBe('killed-not-stopped')
})

test('a short patience is no grace', async () => {
  await machine.create({ image: 'lab/slow:1', name: 'hasty', options: { StopTimeout: 1 } })
  expect(await stop({ container: machine.name('hasty'), ...app })).toBe('killed-not-stopped')
})

test('SIGKILL as stop signal', async () => {
  const image = await build('sigkill', ['CMD ["/app.sh"]', 'STOPSIGNAL SIGKILL'])
  expect(await stop({ image, ...app })).toBe('killed-at-once')
})

test('an init in front of the shell ends fast, but the program never hears', async () => {
  const container = machine.name('muffled')
  await machine.create({ image: 'lab/slow:1', name: 'muffled', host: { Init: true } })
  expect(await stop({ container, ...app })).toBe('goodbye-missing')
  expect(await stop({ container, ready: '^app: ready', exit_codes: [143], silent: '^app: goodbye$' })).toBe(
    'passed',
  )
})

test('an init for a program without a handler', async () => {
  await machine.create({ image: 'lab/stubborn:1', name: 'third', host: { Init: true } })
  await machine.create({ image: 'lab/stubborn:1', name: 'bare' })
  expect(await stop({ container: machine.name('third'), exit_codes: [143] })).toBe('passed')
  expect(await stop({ container: machine.name('bare'), exit_codes: [143] })).toBe('killed-not-stopped')
})

test('a program that ends by itself, whenever that is, was not stopped', async () => {
  const self = (seconds: number) => `CMD ["sh", "-c", "echo app: ready; sleep ${seconds}; echo app: goodbye"]`
  for (const seconds of [0, 1, 2]) {
    const image = await build(`self${seconds}`, [self(seconds)])
    expect(['exits-by-itself', 'killed-not-stopped']).toContain(await stop({ image, ...app }))
  }
  const babbler = await build('babbler', [
    'CMD ["sh", "-c", "trap exit TERM; echo app: ready; echo app: goodbye; while :; do sleep 0.1; done"]',
  ])
  expect(await stop({ image: babbler, ...app })).toBe('goodbye-early')
})

test('one that is slow, not ready, or does not start', async () => {
  const slow = await build('late', [
    'CMD ["sh", "-c", "trap \'sleep 1.5; exit 0\' TERM; echo app: ready; while :; do sleep 0.1; done"]',
  ])
  expect(await stop({ image: slow, ready: '^app: ready', max_ms: 1_000 })).toBe('stop-slow')
  expect(await stop({ image: slow, ready: '^never', ready_ms: 1_000 })).toBe('not-ready')
  const missing = await build('missing', ['CMD ["/nothing"]'])
  expect(await stop({ image: missing })).toBe('start-failed')
  expect(await machine.leftBehind(slow)).toEqual([])
})
