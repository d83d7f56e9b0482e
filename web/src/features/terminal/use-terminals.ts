import { useEffect, useReducer } from 'react'
import type { TerminalInfo } from '../../../../server/contract/realtime.ts'
import type { SessionLink } from '../../api/session-link.ts'

/** One tab: `id` once the server has opened the shell. */
export interface TerminalTab {
  n: number
  id: string | undefined
  bell: boolean
  /** The person asked for it: it takes the keys as soon as it is there. */
  asked: boolean
}

export interface TerminalTabs {
  tabs: TerminalTab[]
  /** Number of the tab that is shown; 0 when there is none. */
  active: number
  next: number
  /** The server has said which terminals there are. */
  known: boolean
  /** Counts the machines that the tabs have been on: a reset gives each tab a new shell. */
  machine: number
}

export type TabAction =
  | { do: 'found'; terminals: readonly TerminalInfo[] }
  | { do: 'add' }
  | { do: 'opened'; n: number; id: string }
  | { do: 'show'; n: number }
  | { do: 'bell'; n: number }
  | { do: 'close'; n: number }
  /** A new shell in the place of one that ended. */
  | { do: 'replace'; n: number }
  /** The machine was set back, and all shells ended with it: each tab gets a new one. */
  | { do: 'renew' }

export const noTabs: TerminalTabs = { tabs: [], active: 0, next: 1, known: false, machine: 0 }

/** The tabs after an action. A session always begins with one shell. */
export function tabsAfter(state: TerminalTabs, action: TabAction): TerminalTabs {
  const change = (n: number, to: Partial<TerminalTab>) =>
    state.tabs.map((tab) => (tab.n === n ? { ...tab, ...to } : tab))
  switch (action.do) {
    case 'found': {
      if (state.known) return state
      const tabs = action.terminals.map((terminal, at) => ({
        n: at + 1,
        id: terminal.id,
        bell: false,
        asked: false,
      }))
      const found = { ...state, known: true, tabs, next: tabs.length + 1, active: tabs.length > 0 ? 1 : 0 }
      if (tabs.length > 0) return found
      return { ...found, tabs: [{ n: 1, id: undefined, bell: false, asked: false }], active: 1, next: 2 }
    }
    case 'add': {
      const tab = { n: state.next, id: undefined, bell: false, asked: true }
      return { ...state, tabs: [...state.tabs, tab], active: tab.n, next: state.next + 1 }
    }
    case 'opened':
      return { ...state, tabs: change(action.n, { id: action.id }) }
    case 'show':
      return { ...state, active: action.n, tabs: change(action.n, { bell: false }) }
    case 'bell':
      return action.n === state.active ? state : { ...state, tabs: change(action.n, { bell: true }) }
    case 'close': {
      const at = state.tabs.findIndex((tab) => tab.n === action.n)
      const tabs = state.tabs.filter((tab) => tab.n !== action.n)
      const active = state.active === action.n ? (tabs[Math.min(at, tabs.length - 1)]?.n ?? 0) : state.active
      return { ...state, tabs, active }
    }
    case 'replace': {
      const tab = { n: state.next, id: undefined, bell: false, asked: true }
      const tabs = state.tabs.map((old) => (old.n === action.n ? tab : old))
      return { ...state, tabs, active: tab.n, next: state.next + 1 }
    }
    case 'renew':
      return {
        ...state,
        machine: state.machine + 1,
        tabs: state.tabs.map(({ n }) => ({ n, id: undefined, bell: false, asked: false })),
      }
  }
}

/** The tabs of a session's terminals; those that were open before are found again. */
export function useTerminals(link: SessionLink | undefined) {
  const [state, act] = useReducer(tabsAfter, noTabs)
  useEffect(() => {
    if (!link) return
    let left = false
    void link.whenConnected().then(() => {
      if (!left) act({ do: 'found', terminals: link.known ?? [] })
    })
    return () => {
      left = true
    }
  }, [link])
  return [state, act] as const
}
