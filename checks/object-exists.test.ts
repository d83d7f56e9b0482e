import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const code = async (ref: string, params: object) =>
  (await machine.check('object_exists', { ref, ...params })).code

test('finds containers, images, networks and volumes by their exact name', async () => {
  await machine.create({ image: 'busybox:1', name: 'here', command: ['true'] })
  await machine.network('net')
  await machine.build('image', 'busybox:1', ['CMD ["true"]'])
  await machine.docker.createVolume({ Name: machine.name('volume') })
  expect(await code(machine.name('here'), {})).toBe('passed')
  expect(await code(machine.name('net'), { kind: 'network' })).toBe('passed')
  expect(await code(`${machine.name('image')}:1`, { kind: 'image' })).toBe('passed')
  expect(await code(machine.name('volume'), { kind: 'volume' })).toBe('passed')
  await machine.docker.getVolume(machine.name('volume')).remove()
  expect(await code(machine.name('volume'), { kind: 'volume' })).toBe('object-missing')
})

test('the beginning of an id is no name', async () => {
  const box = await machine.create({ image: 'busybox:1', name: 'prefix', command: ['true'] })
  expect(await code(box.id.slice(0, 12), {})).toBe('object-missing')
  expect(await code(box.id.slice(0, 12), { absent: true })).toBe('passed')
  const image = machine.image('busybox:1').slice('sha256:'.length, 'sha256:'.length + 12)
  expect(await code(image, { kind: 'image' })).toBe('object-missing')
})

test('what must not be there', async () => {
  await machine.create({ image: 'busybox:1', name: 'left', command: ['true'] })
  expect(await code(machine.name('left'), { absent: true })).toBe('object-unexpected')
  expect(await code(machine.name('gone'), { absent: true })).toBe('passed')
  expect(await code(machine.name('gone'), {})).toBe('object-missing')
})
