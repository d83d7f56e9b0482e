import { expect, test } from 'vitest'
import type { Session } from '../contract/session.ts'
import { SessionFeed } from './session-feed.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A feed whose reads a test lets end one by one, each with the next count. */
function feed() {
  const reads: ((fault?: Error) => void)[] = []
  const told: string[] = []
  let count = 0
  const view = (id: string) =>
    new Promise<Session>((resolve, reject) => {
      count += 1
      const session = { id, lab: String(count) } as Session
      reads.push((fault) => (fault ? reject(fault) : resolve(session)))
    })
  const feed = new SessionFeed({ view, log: silent })
  const stop = feed.listen({ session: ({ lab }) => told.push(lab), notice: () => {} })
  const next = async (fault?: Error) => {
    reads.shift()?.(fault)
    await new Promise(setImmediate)
  }
  return { feed, reads, told, stop, next }
}

test('changes while one is read are told as one more, in order', async () => {
  const { feed: subject, reads, told, next } = feed()
  for (let i = 0; i < 5; i += 1) subject.changed('a')
  expect(reads).toHaveLength(1)
  await next()
  expect(told).toEqual(['1'])
  expect(reads).toHaveLength(1)
  await next()
  expect(told).toEqual(['1', '2'])
  expect(reads).toHaveLength(0)
  subject.changed('a')
  await next()
  expect(told).toEqual(['1', '2', '3'])
})

test('a read that fails is not told and does not end the telling', async () => {
  const { feed: subject, told, next } = feed()
  subject.changed('a')
  await next(new Error('the database is busy'))
  subject.changed('a')
  await next()
  expect(told).toEqual(['2'])
})

test('who stopped listening hears nothing', async () => {
  const { feed: subject, told, stop, next } = feed()
  stop()
  subject.changed('a')
  await next()
  expect(told).toEqual([])
})
