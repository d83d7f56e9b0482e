import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

test('tells the first container of a name from a later one', async () => {
  const code = async (expect: string, name = 'db') =>
    (await machine.check('same_identity', { container: machine.name(name), expect })).code
  const first = await machine.run({ image: 'busybox:1', name: 'db', command: ['sleep', '600'] })
  expect(await code('same')).toBe('passed')
  expect(await code('new')).toBe('container-not-recreated')
  await first.restart({ t: 0 })
  expect(await code('same')).toBe('passed')
  await first.rename({ name: machine.name('old') })
  expect(await code('same')).toBe('object-missing')
  await machine.create({ image: 'busybox:1', name: 'db' })
  expect(await code('same')).toBe('container-recreated')
  expect(await code('new')).toBe('passed')
})
