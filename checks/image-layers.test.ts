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
  await machine.build('fast', 'lab/slow:1', ['CMD ["/app.sh"]'])
  expect(await code('fast')).toBe('passed')
  await machine.build('copied', 'debian:13', ['CMD ["/app.sh"]'])
  expect(await code('copied')).toBe('base-lost')
  expect(await code('nothing')).toBe('object-missing')
})
