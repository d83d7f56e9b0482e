import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

test('what checks make in the engine is told from what the student makes, also under a copied name', async () => {
  const box = await machine.run({ image: 'busybox:1', name: 'web', command: ['sleep', '600'] })
  const container = machine.name('web')
  machine.answer('pid1', 'sleep')
  await machine.check('answer', { field: 'pid1', expected: { kind: 'pid1', container } })
  await machine.check('exec_probe', { container, argv: ['/bin/true'], expect: { exit: 0 } })
  await machine.flush()
  const events = machine.rows.filter((row) => row.kind === 'event')
  const ours = events.filter((row) => row.by === 'check')
  const name = ours.find((row) => row.action === 'create')?.attributes.name ?? ''
  expect(ours.filter((row) => row.attributes.name === name).map((row) => row.action)).toEqual(
    expect.arrayContaining(['create', 'start', 'die', 'destroy']),
  )
  expect(ours.some((row) => row.actorId === box.id && row.action.startsWith('exec_create'))).toBe(true)
  expect(ours.some((row) => row.actorId === box.id && row.action === 'exec_die')).toBe(true)
  expect(events.filter((row) => row.actorId === box.id && !row.action.startsWith('exec_'))).toSatisfy(
    (rows: typeof events) => rows.length > 0 && rows.every((row) => row.by === undefined),
  )

  const copy = await machine.docker.createContainer({
    name,
    Image: machine.image('busybox:1'),
    Labels: { 'drydock.check': name },
  })
  await copy.remove()
  await machine.flush()
  const copied = machine.rows.filter((row) => row.kind === 'event' && row.actorId === copy.id)
  expect(copied.map((row) => row.kind === 'event' && [row.action, row.by])).toEqual([
    ['create', undefined],
    ['destroy', undefined],
  ])
})
