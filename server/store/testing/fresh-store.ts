import type { NewSession, Store } from '../store.ts'

/** A fresh store with the users `ann` and `bob`, and a way to open the same data again, as after a restart of the server. */
export interface StoreUnderTest {
  store: Store
  reopen(): Promise<Store>
}

export type OpenStore = () => Promise<StoreUnderTest>

let counter = 0

/** Adds a session, another one at each call. */
export async function add(store: Store, change: Partial<NewSession> = {}) {
  const added = await store.addSession(newSession(change), 10)
  if (added.outcome === 'limit') throw new Error('below the limit')
  return added
}

export function newSession(change: Partial<NewSession> = {}): NewSession {
  counter += 1
  const id = counter.toString(16).padStart(16, '0')
  return {
    id,
    owner: 'ann',
    lab: 'oom',
    labHash: 'h1',
    sandbox: id,
    seed: 's',
    createdAt: 1_000 + counter,
    ...change,
  }
}
