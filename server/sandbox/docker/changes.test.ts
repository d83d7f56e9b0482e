import { expect, test } from 'vitest'
import { CHANGES_LIMIT, parseChanges } from './changes.ts'
import { compareMounts } from './mounts.ts'

/** A mount as the helper lists it. */
const line = (point: string) => `0:9 / ${point}`

const reply = (names: string[], then: string[], now: string[]) =>
  [
    Buffer.from(names.map((name) => `${name}\0`).join('')).toString('base64'),
    '=',
    ...then.map(line),
    '=',
    ...now.map(line),
  ].join('\n')

test('names lead with a slash and may hold anything but NUL', () => {
  const { paths } = parseChanges(reply(['./usr/bin/docker', './home/a\n=\nb', './ü'], ['/'], ['/']))
  expect(paths).toEqual(['/usr/bin/docker', '/home/a\n=\nb', '/ü'])
})

test('one name too many says that there were more', () => {
  const names = Array.from({ length: CHANGES_LIMIT + 1 }, (_, i) => `./${i}`)
  expect(parseChanges(reply(names, [], []))).toMatchObject({
    truncated: true,
    paths: { length: CHANGES_LIMIT },
  })
  expect(parseChanges(reply(names.slice(1), [], []))).toMatchObject({
    truncated: false,
    paths: { length: CHANGES_LIMIT },
  })
})

test('mounts are counted, so that one over another is seen', () => {
  const { mounts } = parseChanges(
    reply([], ['/', '/run', '/opt/drydock'], ['/', '/run', '/opt/drydock', '/opt/drydock', '/usr/bin']),
  )
  expect(mounts).toEqual(['/opt/drydock', '/usr/bin'])
})

test('a mount that another took the place of counts, though there is still one', () => {
  expect(compareMounts('0:9 / /\n7:1 / /opt/drydock\n', '0:9 / /\n0:9 /tmp /opt/drydock\n')).toEqual({
    added: ['/opt/drydock'],
    gone: ['/opt/drydock'],
  })
})

test('mounts of the engine are its own affair, but not one over its root', () => {
  const engine = [
    '/var/lib/docker/overlay2/x/merged',
    '/run/docker/netns/default',
    '/run/drydock/containerd/x',
  ]
  const { mounts } = parseChanges(reply([], ['/'], ['/', ...engine, '/var/lib/docker', '/run/docker']))
  expect(mounts).toEqual(['/var/lib/docker', '/run/docker'])
})

test('nothing is nothing', () => {
  expect(parseChanges(reply([], ['/'], ['/']))).toEqual({ paths: [], truncated: false, mounts: [] })
})
