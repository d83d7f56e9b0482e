import { expect, test } from 'vitest'
import { TestClock } from '../test-clock.ts'
import { Checkpoints, type CheckpointsDeps } from './checkpoints.ts'
import { Turns } from './turns.ts'

test('tasks that turn green within half a second share one checkpoint', async () => {
  const clock = new TestClock()
  const turns = new Turns()
  const asked: string[] = []
  const running = async (session: string) => void asked.push(session)
  const checkpoints = new Checkpoints({ clock, turns, workplaces: { running } } as unknown as CheckpointsDeps)
  const pass = async (ms: number) => {
    await clock.pass(ms)
    await turns.idle('s')
  }
  checkpoints.passed('s', [])
  await pass(10_000)
  expect(asked).toEqual([])
  checkpoints.passed('s', ['one'])
  await pass(400)
  checkpoints.passed('s', ['two', 'three'])
  checkpoints.passed('other', ['one'])
  await pass(100)
  expect(asked).toEqual(['s'])
  await pass(10_000)
  expect(asked).toEqual(['s', 'other'])
  checkpoints.passed('s', ['four'])
  await pass(500)
  expect(asked).toEqual(['s', 'other', 's'])
})
