import { afterAll, beforeAll, expect, test } from 'vitest'
import { SandboxMachine } from './testing/sandbox-machine.ts'

let machine: SandboxMachine
beforeAll(async () => {
  machine = await SandboxMachine.start('cache')
  await machine.sh(`
    mkdir app && cd app && head -c 2000000 /dev/zero > big
    printf 'FROM busybox:1\\nRUN --mount=type=cache,target=/c head -c 5000 /dev/zero > /c/file\\nCOPY big /\\nENTRYPOINT ["echo","hello"]\\nCMD ["all"]\\n' > Dockerfile
    docker build -q -t app:1 .`)
})
afterAll(() => machine[Symbol.asyncDispose]())

test('records of the build cache are counted by their kind and size', async () => {
  const code = async (params: Record<string, unknown>) => (await machine.check('build_cache', params)).code
  expect(await code({ type: 'exec.cachemount', min: 1, min_bytes: 5000 })).toBe('passed')
  expect(await code({ type: 'exec.cachemount', min: 1, min_bytes: 50_000 })).toBe('cache-missing')
  expect(await code({ type: 'exec.cachemount', max: 0 })).toBe('cache-left')
})

test('answers are compared with sizes and outputs that were found out', async () => {
  const answered = async (value: string, expected: object) => {
    machine.answer('field', value)
    return (await machine.check('answer', { field: 'field', expected })).code
  }
  const layer = { kind: 'layer-size', image: 'app:1', line: 'COPY big' }
  expect(await answered('2000000', layer)).toBe('passed')
  expect(await answered('0', layer)).toBe('answer-wrong')
  expect(await answered('0', { ...layer, line: 'ENTRYPOINT' })).toBe('passed')
  expect(await answered('0', { ...layer, line: 'ADD' })).toBe('not-measured')
  expect(await answered('0', { ...layer, image: 'nothing' })).toBe('object-missing')
  expect(await answered('hello all', { kind: 'output', image: 'app:1' })).toBe('passed')
  expect(await answered('hello x y', { kind: 'output', image: 'app:1', args: ['x', 'y'] })).toBe('passed')
  expect(await answered('hello', { kind: 'output', image: 'nothing:1' })).toBe('object-missing')
  const sent = { kind: 'context-size', folder: '/home/student/app', tolerance: 0.1 }
  expect(await answered('2.0 MB', sent)).toBe('passed')
  expect(await answered('0', { ...sent, edits: [{ file: '.dockerignore', content: 'big\n' }] })).toBe(
    'passed',
  )
  expect(await answered('2', { ...sent, folder: '/home/student/nothing' })).toBe('not-measured')
})
