import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

test('an image is built on a base, or only looks like it', async () => {
  const code = async (image: string) =>
    (await machine.check('image_layers', { image: `${machine.name(image)}:1`, base: 'lab/slow:1' })).code
  const slow = await machine.create({ image: 'lab/slow:1', name: 'slow' })
  await machine.commit(slow, 'fast', ['CMD ["/app.sh"]'])
  expect(await code('fast')).toBe('passed')
  const debian = await machine.create({ image: 'debian:13', name: 'debian' })
  await machine.commit(debian, 'copied', ['CMD ["/app.sh"]'])
  expect(await code('copied')).toBe('base-lost')
  expect(await code('nothing')).toBe('object-missing')
})
