import { describe, expect, it } from 'vitest'
import { noTabs, type TabAction, tabsAfter } from './use-terminals.ts'

const tabsOf = (...actions: TabAction[]) => actions.reduce(tabsAfter, noTabs)
const found = (...ids: string[]): TabAction => ({
  do: 'found',
  terminals: ids.map((id) => ({ id, exit: undefined })),
})

describe('tabs of terminals', () => {
  it('begin with one shell when there was none', () => {
    expect(tabsOf(found())).toMatchObject({
      known: true,
      active: 1,
      tabs: [{ n: 1, id: undefined, asked: false }],
    })
  })

  it('are those that were open before', () => {
    expect(tabsOf(found('a', 'b'))).toMatchObject({ active: 1, tabs: [{ id: 'a' }, { id: 'b' }], next: 3 })
  })

  it('are found only once', () => {
    const state = tabsOf(found('a'))
    expect(tabsAfter(state, found('a', 'b'))).toBe(state)
  })

  it('keep their places and get new shells when the machine was set back', () => {
    const state = tabsOf(found('a', 'b'), { do: 'show', n: 2 }, { do: 'bell', n: 1 }, { do: 'renew' })
    expect(state).toMatchObject({
      active: 2,
      machine: 1,
      tabs: [
        { n: 1, id: undefined, bell: false, asked: false },
        { n: 2, id: undefined },
      ],
    })
  })

  it('show the new one, with a number that was never used', () => {
    const state = tabsOf(found('a'), { do: 'add' }, { do: 'close', n: 2 }, { do: 'add' })
    expect(state).toMatchObject({ active: 3, tabs: [{ n: 1 }, { n: 3, asked: true }] })
  })

  it('show the neighbour of one that is closed', () => {
    expect(tabsOf(found('a', 'b', 'c'), { do: 'show', n: 2 }, { do: 'close', n: 2 }).active).toBe(3)
    expect(tabsOf(found('a', 'b'), { do: 'show', n: 2 }, { do: 'close', n: 2 }).active).toBe(1)
    expect(tabsOf(found('a'), { do: 'close', n: 1 })).toMatchObject({ active: 0, tabs: [] })
  })

  it('stay as they are when another is closed', () => {
    expect(tabsOf(found('a', 'b'), { do: 'close', n: 2 }).active).toBe(1)
  })

  it('mark a bell until they are shown', () => {
    const rung = tabsOf(found('a', 'b'), { do: 'bell', n: 2 }, { do: 'bell', n: 1 })
    expect(rung.tabs.map((tab) => tab.bell)).toEqual([false, true])
    expect(tabsAfter(rung, { do: 'show', n: 2 }).tabs.map((tab) => tab.bell)).toEqual([false, false])
  })

  it('put a new shell where the old one was', () => {
    expect(tabsOf(found('a', 'b'), { do: 'replace', n: 1 }).tabs.map((tab) => tab.id)).toEqual([
      undefined,
      'b',
    ])
  })
})
