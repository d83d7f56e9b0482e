import { beforeEach, describe, expect, test } from 'vitest'
import { CheckMarks } from './check-marks.ts'
import type { EngineEvent } from './engine-events.ts'
import { EventAuthor } from './event-author.ts'
import { JournalIntake } from './journal-intake.ts'

const NOW = 1_763_000_000_000
const MINUTES = 60_000
const marks = new CheckMarks('seed')
let author: EventAuthor
beforeEach(() => {
  author = new EventAuthor(marks)
})

let nano = 0
function event(about: Partial<EngineEvent> & { attributes: Record<string, string> }): EngineEvent {
  return { timeNano: `${++nano}`, type: 'container', action: 'create', actorId: 'c1', ...about }
}
const named = (name: string, more: Partial<EngineEvent> = {}) => event({ attributes: { name }, ...more })

describe('a mark', () => {
  test('is known again by its seed alone, with a tag or without', () => {
    const name = marks.name(NOW)
    expect(name).toMatch(/^drydock-check-[0-9a-f]{32}$/)
    expect(new CheckMarks('seed').inName(name)).toBeDefined()
    expect(new CheckMarks('seed').inName(`/${name}`)).toBeDefined()
    expect(new CheckMarks('seed').inName(`${name}:latest`)).toBeDefined()
    expect(new CheckMarks('other').inName(name)).toBeUndefined()
    expect(marks.inName(`${name}0`)).toBeUndefined()
    expect(marks.inName(name.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')))).toBeUndefined()
    expect(marks.inName('drydock-check-0123456789abcdef')).toBeUndefined()
  })

  test('stands before the path of a program that stays the same', () => {
    const path = marks.program('/usr/bin/true', NOW)
    expect(new URL(`file://${path.replaceAll(/\/+/g, '/')}`).pathname).toBe('/usr/bin/true')
    expect(marks.inAction(`exec_create: ${path} -x /./a`)).toBeDefined()
    expect(marks.inAction(`exec_start: ${path}`)).toBeDefined()
    expect(new CheckMarks('other').inAction(`exec_create: ${path}`)).toBeUndefined()
    expect(marks.inAction('exec_create: /.//.//./usr/bin/true')).toBeUndefined()
    expect(marks.inAction(`exec_create: sh ${path}`)).toBeUndefined()
    expect(marks.inAction(`exec_create: /.${path}`)).toBeUndefined()
  })
})

describe('what a check made', () => {
  test('is a container with a mark, from its creation to its end', () => {
    const name = marks.name(NOW)
    expect(author.isCheck(named(name), NOW)).toBe(true)
    expect(author.isCheck(named(name, { action: 'destroy' }), NOW + 60 * MINUTES)).toBe(true)
  })

  test('is also what networks and volumes tell of that container', () => {
    author.isCheck(named(marks.name(NOW), { actorId: 'p1' }), NOW)
    const joins = (container: string) =>
      event({ type: 'network', action: 'connect', actorId: 'n1', attributes: { name: 'bridge', container } })
    expect(author.isCheck(joins('p1'), NOW)).toBe(true)
    expect(author.isCheck(joins('c1'), NOW)).toBe(false)
  })

  test('is an exec with a mark, to its end, and no other exec', () => {
    const exec = (action: string, execID: string) => event({ action, attributes: { name: 'web', execID } })
    const path = marks.program('/bin/ls', NOW)
    expect(author.isCheck(exec(`exec_create: ${path}`, 'e1'), NOW)).toBe(true)
    expect(author.isCheck(exec(`exec_start: ${path}`, 'e1'), NOW)).toBe(true)
    expect(author.isCheck(exec('exec_die', 'e1'), NOW)).toBe(true)
    expect(author.isCheck(exec('exec_die', 'e2'), NOW)).toBe(false)
  })

  test('are networks, volumes and images with a mark', () => {
    const [network, volume, image] = [marks.name(NOW), marks.name(NOW), `${marks.name(NOW)}:latest`]
    expect(author.isCheck(named(network, { type: 'network', actorId: 'n1' }), NOW)).toBe(true)
    const made = event({ type: 'volume', actorId: volume, attributes: { driver: 'local' } })
    expect(author.isCheck(made, NOW)).toBe(true)
    expect(author.isCheck(named(image, { type: 'image', actorId: 'sha256:1', action: 'tag' }), NOW)).toBe(
      true,
    )
    expect(author.isCheck(named('web:1', { type: 'image', actorId: 'sha256:1', action: 'tag' }), NOW)).toBe(
      false,
    )
  })
})

describe("what stays the student's", () => {
  test('a container with a name or label that looks alike', () => {
    const label = { name: 'web', 'drydock.check': marks.name(NOW) }
    expect(author.isCheck(event({ attributes: label }), NOW)).toBe(false)
    expect(author.isCheck(named('drydock-check-00112233445566778899aabbccddeeff'), NOW)).toBe(false)
  })

  test('a container or exec with a mark that was copied', () => {
    const name = marks.name(NOW)
    author.isCheck(named(name, { actorId: 'p1' }), NOW)
    expect(author.isCheck(named(name, { actorId: 'c2' }), NOW)).toBe(false)
    const path = marks.program('/bin/ls', NOW)
    const exec = (execID: string) =>
      event({ action: `exec_create: ${path}`, attributes: { name: 'web', execID } })
    author.isCheck(exec('e1'), NOW)
    expect(author.isCheck(exec('e2'), NOW)).toBe(false)
  })

  test('a container of a check to which the student gave a name', () => {
    author.isCheck(named(marks.name(NOW), { actorId: 'p1' }), NOW)
    expect(author.isCheck(named('web', { actorId: 'p1', action: 'rename' }), NOW)).toBe(false)
  })

  test('one with an old mark, also when nobody remembers who bore it', () => {
    expect(author.isCheck(named(marks.name(NOW - 11 * MINUTES)), NOW)).toBe(false)
  })

  test('one with a mark of which an earlier server saw the first bearer', () => {
    const name = marks.name(NOW)
    const first = new JournalIntake([], author)
    const rows = first.take(named(name, { actorId: 'p1' }), NOW)
    expect(rows).toMatchObject([{ by: 'check' }])
    const next = new JournalIntake(rows, new EventAuthor(marks))
    expect(next.take(named(name, { actorId: 'p1', action: 'die' }), NOW + 60 * MINUTES)).toMatchObject([
      { by: 'check' },
    ])
    const [copy] = next.take(named(name, { actorId: 'c2' }), NOW)
    expect(copy).not.toHaveProperty('by')
  })
})
