import { describe, expect, it } from 'vitest'
import type { LabSummary } from '../../../../server/contract/lab.ts'
import type { SessionSummary } from '../../../../server/contract/session.ts'
import { byTrack, filtered, labRows } from './progress.ts'

const lab = (slug: string, track = 'Foundations'): LabSummary => ({
  slug,
  title: `Title of ${slug}`,
  promise: 'A promise',
  track,
  minutes: 25,
  level: 'core',
  needs: [],
  tasks: 3,
})
const session = (slug: string, state: SessionSummary['state'], ...passed: string[]): SessionSummary => ({
  id: `${slug}-${state}`,
  lab: slug,
  state,
  createdAt: '2026-11-21T10:00:00.000Z',
  endedAt: null,
  passed,
})
const labs = [lab('oom'), lab('dns', 'Networking'), lab('pid1')]

describe('the catalogue', () => {
  it('counts what was passed in any session', () => {
    const rows = labRows(labs, [
      session('oom', 'ready', 'a'),
      session('oom', 'ended', 'a', 'b'),
      session('dns', 'ended', 'x', 'y', 'z'),
    ])
    expect(rows.map(({ passed, state }) => [passed, state])).toEqual([
      [2, 'under-way'],
      [3, 'passed'],
      [0, 'not-started'],
    ])
  })

  it('knows the open session, and that an ending one is not open', () => {
    const rows = labRows(labs, [session('oom', 'ready'), session('dns', 'ending')])
    expect(rows.map((row) => row.open?.id)).toEqual(['oom-ready', undefined, undefined])
  })

  it('finds by all words, track and state', () => {
    const rows = labRows(labs, [session('oom', 'ready')])
    const slugs = (part: object) =>
      filtered(rows, { q: '', track: '', state: 'all', ...part }).map((row) => row.lab.slug)
    expect(slugs({})).toEqual(['oom', 'dns', 'pid1'])
    expect(slugs({ q: 'TITLE dns' })).toEqual(['dns'])
    expect(slugs({ q: 'title zebra' })).toEqual([])
    expect(slugs({ track: 'Foundations' })).toEqual(['oom', 'pid1'])
    expect(slugs({ state: 'under-way' })).toEqual(['oom'])
  })

  it('lists a lab after what it needs, and otherwise keeps the order', () => {
    const order = (needs: Record<string, string[]>) =>
      labRows(
        labs.map((one) => ({ ...one, needs: needs[one.slug] ?? [] })),
        [],
      ).map((row) => row.lab.slug)
    expect(order({})).toEqual(['oom', 'dns', 'pid1'])
    expect(order({ oom: ['pid1'] })).toEqual(['pid1', 'oom', 'dns'])
    expect(order({ oom: ['gone'], dns: ['oom'] })).toEqual(['oom', 'dns', 'pid1'])
    expect(order({ oom: ['dns'], dns: ['oom'] })).toHaveLength(3)
  })

  it('groups by track in the order of the labs', () => {
    expect(byTrack(labRows(labs, [])).map(({ track, rows }) => [track, rows.length])).toEqual([
      ['Foundations', 2],
      ['Networking', 1],
    ])
  })
})
