import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Check, CheckContext } from './check.ts'
import { notYet, passed } from './outcome.ts'
import { runCheck } from './run-check.ts'

/** Runs a check that inspects so, on an engine that answers so. */
async function snapshotsOf(
  objects: Record<string, object>,
  refs = Object.keys(objects),
  outcome = passed('Yes.', [{ expected: 'a', observed: 'b', source: 'c' }]),
  seed = 'seed',
) {
  const check: Check = {
    name: 'looks',
    about: 'Looks',
    params: z.unknown(),
    codes: { no: 'No.' },
    async gather({ engine }) {
      for (const ref of refs) await engine.container(ref)
      return null
    },
    judge: () => outcome,
    affectedBy: () => false,
  }
  const engine = { container: async (ref: string) => objects[ref] }
  const contextFor = () => ({ engine, seed, now: () => 7 }) as unknown as CheckContext
  const use = { use: 'looks', with: {}, codes: {}, messages: { no: 'Found {observed}.' } }
  const deps = { checks: new Map([['looks', check]]), contextFor, after: () => () => {}, now: () => 0 }
  return runCheck(deps, 'task', use)
}

test('what a check inspected is kept, each state of it once', async () => {
  const { snapshots } = await snapshotsOf({ web: { Id: 'a' } }, ['web', 'web', 'nobody'])
  expect(snapshots).toEqual([
    { kind: 'container', ref: 'web', at: 7, data: { Id: 'a' } },
    { kind: 'container', ref: 'nobody', at: 7, data: null },
  ])
})

test('secrets are masked by the key, so that equality still shows', async () => {
  const Env = [
    'PATH=/bin',
    'DB_PASSWORD=open sesame',
    'MYSQL_ROOT_PASSWORD=open sesame',
    'API_TOKEN=x"y',
    'KEY=',
  ]
  const Labels = { 'com.shop.secret': 'hush', owner: 'me' }
  const web = { Config: { Env, Labels, Cmd: ['serve', '--password=hush', 'token=a,b'] } }
  const { snapshots } = await snapshotsOf({ web })
  const text = JSON.stringify(snapshots)
  for (const secret of ['sesame', 'hush', 'x\\"y', 'token=a']) expect(text).not.toContain(secret)
  const { Config } = snapshots.map(({ data }) => data as typeof web)[0] ?? web
  expect(Config.Env[0]).toBe('PATH=/bin')
  expect(Config.Env[1]).toMatch(/^DB_PASSWORD=\*\*\*[0-9a-f]{6}$/)
  expect(Config.Env[1]?.split('=')[1]).toBe(Config.Env[2]?.split('=')[1])
  expect(Config.Env[4]).toBe('KEY=')
  expect(Config.Labels.owner).toBe('me')
  const other = await snapshotsOf({ web }, ['web'], undefined, 'another')
  expect(JSON.stringify(other.snapshots)).not.toContain(Config.Env[1]?.split('=')[1])
})

test('they are bounded, each and all together', async () => {
  const huge = { Config: { Labels: { big: 'x'.repeat(1_000_000), 'a.b': 'y' } } }
  const { snapshots } = await snapshotsOf({ huge })
  expect(snapshots[0]).toMatchObject({ cut: true, data: { Config: { Labels: { 'a.b': 'y' } } } })
  expect(JSON.stringify(snapshots).length).toBeLessThan(2_000)

  const many = Object.fromEntries(Array.from({ length: 190 }, (_, i) => [`l${i}`, 'x'.repeat(900)]))
  const objects = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`c${i}`, { i, many }]))
  const all = await snapshotsOf(objects)
  expect(all.snapshots[0]).toMatchObject({ cut: true })
  for (const each of all.snapshots) expect(JSON.stringify(each).length).toBeLessThan(36_000)
  expect(JSON.stringify(all.snapshots).length).toBeLessThan(150_000)

  let deep: object = {}
  for (let i = 0; i < 5_000; i++) deep = { deep }
  expect((await snapshotsOf({ deep })).snapshots[0]?.cut).toBe(true)
})

test('what a verdict shows has no secret in it', async () => {
  const { verdict } = await snapshotsOf(
    {},
    [],
    notYet('no', 'It is hush-hush and more.', [
      { expected: 'hush-hush', observed: 'hush-hush', source: 'container web · Config.Labels.shop.token' },
      {
        expected: 'none',
        observed: '["DB_PASSWORD=open sesame","PATH=/bin"]',
        source: 'container web · Config.Env',
      },
      { expected: 'signal=9 exitCode=0', observed: 'run -e API_KEY=abc -e A=b', source: 'journal' },
    ]),
  )
  expect(JSON.stringify(verdict)).not.toMatch(/hush-hush|sesame|abc/)
  expect(verdict.message).toMatch(/^Found \*\*\*[0-9a-f]{6}\.$/)
  expect(verdict.evidence[0]?.expected).toBe(verdict.evidence[0]?.observed)
  expect(verdict.evidence[1]?.observed).toMatch(/^\["DB_PASSWORD=\*\*\*[0-9a-f]{6}","PATH=\/bin"\]$/)
  expect(verdict.evidence[2]).toMatchObject({
    expected: 'signal=9 exitCode=0',
    observed: expect.stringMatching(/^run -e API_KEY=\*\*\*[0-9a-f]{6} -e A=b$/),
  })
})
