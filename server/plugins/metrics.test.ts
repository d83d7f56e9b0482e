import { expect, test } from 'vitest'
import type { Verdict } from '../../checks/verdict.ts'
import type { GradedTask } from '../services/grade-tasks.ts'
import { Prometheus } from './metrics.ts'

function graded(use: string, code: string, codes: Record<string, string> = {}): GradedTask {
  const common = { task: 'run', check: use, at: 0, message: 'ana@example.org', evidence: [] }
  const verdict: Verdict =
    code === 'passed' ? { ...common, status: 'passed', code } : { ...common, status: 'not-yet', code }
  const check = { verdict, use: { use, with: {}, codes, messages: {} }, gathered: '{}', ms: 40 }
  return { task: 'run', status: verdict.status, code, checks: [check] }
}
const sample = async (prometheus: Prometheus) => (await prometheus.page()).text

test('a verdict is counted by its check and the code of the check, not by the words of a lab or a person', async () => {
  const prometheus = new Prometheus()
  prometheus.judged([graded('field', 'far-too-much', { 'field-mismatch': 'far-too-much' })])
  prometheus.judged([graded('lab_harbour', 'anchor-lost'), graded('lab_harbour', 'passed')])
  const text = await sample(prometheus)
  expect(text).toContain('drydock_verdicts_total{check="field",status="not-yet",code="field-mismatch"} 1')
  expect(text).toContain('drydock_verdicts_total{check="lab",status="not-yet",code="own"} 1')
  expect(text).toContain('drydock_verdicts_total{check="lab",status="passed",code="passed"} 1')
  expect(text).toContain('drydock_check_seconds_count{check="field"} 1')
  expect(text).not.toMatch(/far-too-much|anchor|example\.org/)
})

test('a start is measured by step and in all', async () => {
  const prometheus = new Prometheus()
  const steps = [
    { name: 'disk', ms: 200 },
    { name: 'engine', ms: 400 },
    { name: 'setup', ms: null },
  ] as const
  prometheus.started(steps, false)
  prometheus.started(steps.slice(0, 1), true)
  const text = await sample(prometheus)
  expect(text).toContain('drydock_session_start_seconds_sum{step="all",kind="cold"} 0.6')
  expect(text).toContain('drydock_session_start_seconds_sum{step="all",kind="warm"} 0.2')
  expect(text).toContain('drydock_session_start_seconds_count{step="disk",kind="cold"} 1')
  expect(text).not.toContain('step="setup"')
})

test('sessions and engine are asked for when somebody collects', async () => {
  const prometheus = new Prometheus()
  let ready = 1
  prometheus.follow({
    sessions: async () => new Map([['ready', ready]]),
    engineReady: () => ready > 1,
    pool: () => ({ ready, target: 3 }),
    waiting: () => 7,
  })
  expect(await sample(prometheus)).toMatch(
    /drydock_sessions\{state="ready"\} 1[\s\S]*drydock_host_engine_ready 0/,
  )
  ready = 2
  const text = await sample(prometheus)
  expect(text).toMatch(
    /drydock_pool_sandboxes\{which="ready"\} 2\ndrydock_pool_sandboxes\{which="target"\} 3[\s\S]*drydock_start_queue_length 7/,
  )
  expect(text).toMatch(/drydock_sessions\{state="ready"\} 2[\s\S]*drydock_host_engine_ready 1/)
  expect(text).toContain('drydock_nodejs_eventloop_lag_seconds')
})
