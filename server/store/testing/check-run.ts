import type { Snapshot } from '../../../checks/check.ts'
import type { Verdict } from '../../../checks/verdict.ts'
import type { CheckRun } from '../store.ts'

export function verdict(change: Partial<Verdict> = {}): Verdict {
  const evidence = [{ expected: 'true', observed: 'false', source: 'container a · State.OOMKilled' }]
  return {
    task: 't1',
    check: 'c1',
    status: 'not-yet',
    code: 'nope',
    message: 'No.',
    evidence,
    at: 5,
    ...change,
  } as Verdict
}

export const snapshots: Snapshot[] = [
  { kind: 'container', ref: 'web', at: 3, data: { Id: 'größe' }, cut: true },
]

export const use = { use: 'c1', with: { n: 1 }, codes: { nope: 'no' }, messages: {} }

export function run(
  session: string,
  id: string,
  at: number,
  verdicts: Verdict[],
  status: 'passed' | 'not-yet',
): CheckRun {
  const tasks = [...new Set(verdicts.map((v) => v.task))].map((task) => ({ task, status, code: status }))
  const records = verdicts.map((v) => ({ verdict: v, use, gathered: '{"oom":[1,2]}', snapshots }))
  return { id, session, labHash: 'h1', at, verdicts: records, tasks }
}
