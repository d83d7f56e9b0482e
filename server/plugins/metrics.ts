import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { GradedTask } from '../services/grade-tasks.ts'
import type { Measures } from '../services/measures.ts'
import type { StepRecord } from '../store/store.ts'

/** What is asked for when somebody collects. */
export interface Collected {
  /** Sessions that are open, by state. */
  sessions(): Promise<ReadonlyMap<string, number>>
  /** Whether sandboxes can be started. */
  engineReady(): boolean
  /** How many sandboxes are ready for who comes, and how many should be. */
  pool(): { ready: number; target: number }
  /** How many sessions wait for their start. */
  waiting(): number
  /** What the sandboxes use; rejects while nobody can say. */
  sandboxes(): Promise<readonly { sandbox: string; memoryBytes: number; cpuNanos: number }[]>
}

/** Seconds: from a warm start to one on a machine that is far too busy. */
const START_BUCKETS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 40]
/** Seconds: a question of the engine takes milliseconds, a measured stop ten seconds and more. */
const CHECK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Numbers of this server in the Prometheus text format; names and labels hold nothing of any person. */
export class Prometheus implements Measures {
  readonly #registry = new Registry()
  readonly #start = new Histogram({
    name: 'drydock_session_start_seconds',
    help: 'From the request for a sandbox to an engine that answers; by step and in all. Warm: the sandbox was there before the request.',
    labelNames: ['step', 'kind'],
    buckets: START_BUCKETS,
    registers: [this.#registry],
  })
  readonly #check = new Histogram({
    name: 'drydock_check_seconds',
    help: 'What one check took, gathering included.',
    labelNames: ['check'],
    buckets: CHECK_BUCKETS,
    registers: [this.#registry],
  })
  readonly #verdicts = new Counter({
    name: 'drydock_verdicts_total',
    help: 'Verdicts of checks by what came of them; a code is the check, not the lab.',
    labelNames: ['check', 'status', 'code'],
    registers: [this.#registry],
  })

  readonly #terminal = new Counter({
    name: 'drydock_terminal_bytes_total',
    help: 'Bytes that shells printed (out) and that people typed (in).',
    labelNames: ['direction'],
    registers: [this.#registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: 'drydock_' })
  }

  /** What it asks when somebody collects; to be called once. */
  follow({ sessions, engineReady, pool, waiting, sandboxes }: Collected): void {
    new Gauge({
      name: 'drydock_sessions',
      help: 'Open sessions by state.',
      labelNames: ['state'],
      registers: [this.#registry],
      async collect() {
        this.reset()
        for (const [state, count] of await sessions()) this.set({ state }, count)
      },
    })
    new Gauge({
      name: 'drydock_host_engine_ready',
      help: '1 while sandboxes can be started.',
      registers: [this.#registry],
      collect() {
        this.set(engineReady() ? 1 : 0)
      },
    })
    new Gauge({
      name: 'drydock_pool_sandboxes',
      help: 'Sandboxes that were started ahead and can be claimed, and how many there should be.',
      labelNames: ['which'],
      registers: [this.#registry],
      collect() {
        const { ready, target } = pool()
        this.set({ which: 'ready' }, ready)
        this.set({ which: 'target' }, target)
      },
    })
    new Gauge({
      name: 'drydock_start_queue_length',
      help: 'Sessions that wait for their start.',
      registers: [this.#registry],
      collect() {
        this.set(waiting())
      },
    })
    this.#followSandboxes(sandboxes)
  }

  #followSandboxes(sandboxes: Collected['sandboxes']): void {
    const cpu = new Counter({
      name: 'drydock_sandboxes_cpu_seconds_total',
      help: 'CPU time of all sandboxes together since this server began to be asked.',
      registers: [this.#registry],
    })
    let before = new Map<string, number>()
    new Gauge({
      name: 'drydock_sandboxes_memory_bytes',
      help: 'Memory of the sandboxes, dockerd and its containers included: of all together, and of the one that has most.',
      labelNames: ['which'],
      registers: [this.#registry],
      async collect() {
        this.reset()
        const now = await sandboxes().catch(() => undefined)
        if (!now) return
        const memory = now.map(({ memoryBytes }) => memoryBytes)
        this.set(
          { which: 'all' },
          memory.reduce((sum, each) => sum + each, 0),
        )
        this.set({ which: 'largest' }, Math.max(0, ...memory))
        for (const { sandbox, cpuNanos } of now)
          cpu.inc(Math.max(0, cpuNanos - (before.get(sandbox) ?? cpuNanos)) / 1e9)
        before = new Map(now.map(({ sandbox, cpuNanos }) => [sandbox, cpuNanos]))
      },
    })
  }

  terminal(direction: 'out' | 'in', bytes: number): void {
    this.#terminal.inc({ direction }, bytes)
  }

  started(steps: readonly StepRecord[], warm: boolean): void {
    const kind = warm ? 'warm' : 'cold'
    const timed = steps.flatMap(({ name, ms }) => (ms === null ? [] : [{ name, seconds: ms / 1_000 }]))
    for (const { name, seconds } of timed) this.#start.observe({ step: name, kind }, seconds)
    this.#start.observe(
      { step: 'all', kind },
      timed.reduce((sum, { seconds }) => sum + seconds, 0),
    )
  }

  judged(graded: readonly GradedTask[]): void {
    for (const { verdict, use, ms } of graded.flatMap(({ checks }) => checks)) {
      // A lab's own checks and codes are its author's words: without bound over a year of editing.
      const own = use.use.startsWith('lab_')
      const check = own ? 'lab' : use.use
      const generic = Object.keys(use.codes).find((code) => use.codes[code] === verdict.code)
      const code = own && verdict.status === 'not-yet' ? 'own' : (generic ?? verdict.code)
      this.#verdicts.inc({ check, status: verdict.status, code })
      if (ms !== undefined) this.#check.observe({ check }, ms / 1_000)
    }
  }

  /** All of it, with its content type. */
  async page(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}

/** The page for Prometheus, beside the API. */
export function metrics(app: FastifyInstance, prometheus: Prometheus): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { type, text } = await prometheus.page()
    return reply.header('cache-control', 'no-store').type(type).send(text)
  })
}
