import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
  await machine.build('fast', 'lab/slow:1', ['CMD ["/app.sh"]'])
  await machine.build('heavy', 'busybox:1', ['RUN head -c 3000000 /dev/zero > /big', 'RUN rm /big'])
  await machine.build('lean', 'busybox:1', ['RUN head -c 3000000 /dev/zero > /big && rm /big'])
})
afterAll(() => machine[Symbol.asyncDispose]())

const ask = async (image: string, params: object) =>
  machine.check('image_layers', { image: `${machine.name(image)}:1`, ...params })
const code = async (image: string, params: object) => (await ask(image, params)).code

test('an image is built on a base, or only looks like it', async () => {
  const base = { base: 'lab/slow:1' }
  expect(await code('fast', base)).toBe('passed')
  await machine.build('copied', 'debian:13', ['CMD ["/app.sh"]'])
  expect(await code('copied', base)).toBe('base-lost')
  expect(await code('nothing', base)).toBe('object-missing')
})

test('a file that a later line removes still has its size', async () => {
  const growth = { base: 'busybox:1', growth: { max: 1_000_000 } }
  expect(await ask('heavy', growth)).toMatchObject({
    code: 'image-too-big',
    message: expect.stringContaining('has 3.0 MB above busybox:1; allowed are 1.0 MB'),
  })
  expect(await code('lean', growth)).toBe('passed')
  expect(await code('heavy', { size: { max: 3_000_000 } })).toBe('image-too-big')
  expect(await code('lean', { size: { min: 3_000_000 } })).toBe('image-too-small')
  expect(await code('heavy', { size: { min: 3_000_000, max: 9_000_000 } })).toBe('passed')
})

test('layers are counted, with and without those of the base', async () => {
  expect(await code('heavy', { base: 'busybox:1', layers: { min: 2, max: 2 } })).toBe('passed')
  expect(await code('lean', { base: 'busybox:1', layers: { min: 2 } })).toBe('layers-wrong')
  expect(await code('heavy', { layers: { max: 2 } })).toBe('layers-wrong')
})

test('layers in common with another image are counted from the lowest up', async () => {
  const shares = (layers: object, other = 'busybox:1') => ({ shares: { with: other, layers } })
  expect(await code('lean', shares({ min: 1 }))).toBe('passed')
  expect(await code('lean', shares({ min: 2 }, `${machine.name('heavy')}:1`))).toBe('layers-not-shared')
  expect(await code('lean', shares({ max: 0 }))).toBe('layers-shared')
  expect(await code('fast', shares({ max: 0 }))).toBe('passed')
  expect(await code('fast', shares({ max: 0 }, 'nothing:1'))).toBe('object-missing')
})

test('a line of the history is there, or must not be; those of the base do not count', async () => {
  expect(await code('lean', { history_matches: '/big && rm /big' })).toBe('passed')
  expect(await code('lean', { history_matches: 'apt-get' })).toBe('history-missing')
  expect(await code('heavy', { history_lacks: 'rm /big$|rm /big #' })).toBe('history-unexpected')
  expect(await code('fast', { history_lacks: 'COPY' })).toBe('history-unexpected')
  expect(await code('fast', { base: 'lab/slow:1', history_lacks: 'COPY' })).toBe('passed')
})
