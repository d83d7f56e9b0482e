import { readFile } from 'node:fs/promises'
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
  const uses = (sandbox: string, cpu: number) => ({
    sandbox,
    memoryBytes: 40e6,
    cpuNanos: cpu * 1e9,
    yields: false,
  })
  prometheus.follow({
    sandboxes: async () => [uses('a', 5 + ready), ...(ready > 1 ? [uses('b', 9)] : [uses('c', 8)])],
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
  expect(text).toContain('drydock_sandboxes_memory_bytes{which="all"} 80000000')
  expect(text).toContain('drydock_sandboxes_memory_bytes{which="largest"} 40000000')
  // Of one that was not there before nobody knows since when.
  expect(await sample(prometheus)).toContain('drydock_sandboxes_cpu_seconds_total 1\n')
})

test('sandboxes of which nobody can say what they use are no error', async () => {
  const prometheus = new Prometheus()
  prometheus.follow({
    sessions: async () => new Map(),
    engineReady: () => false,
    pool: () => ({ ready: 0, target: 0 }),
    waiting: () => 0,
    sandboxes: () => Promise.reject(new Error('no engine')),
  })
  const text = await sample(prometheus)
  expect(text).toContain('drydock_host_engine_ready 0')
  expect(text).not.toContain('drydock_sandboxes_memory_bytes{')
})

test('the dashboard asks for nothing that there is not, and shows all that is Drydock’s own', async () => {
  const prometheus = new Prometheus()
  prometheus.follow({
    sessions: async () => new Map(),
    engineReady: () => true,
    pool: () => ({ ready: 0, target: 0 }),
    waiting: () => 0,
    sandboxes: async () => [],
  })
  const there = [...(await sample(prometheus)).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '')
  const file = await readFile(new URL('../../docs/grafana/drydock.json', import.meta.url), 'utf8')
  const { panels } = JSON.parse(file) as { panels: { targets?: { expr: string }[] }[] }
  const asked = panels.flatMap(({ targets }) => targets ?? []).map(({ expr }) => expr)
  const names = new Set(
    asked.flatMap((expr) => [...expr.matchAll(/drydock_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''))),
  )
  expect([...names].filter((name) => !there.includes(name))).toEqual([])
  const own = there.filter((name) => !/^drydock_(process|nodejs)_/.test(name))
  expect(own.filter((name) => !names.has(name))).toEqual([])
})
