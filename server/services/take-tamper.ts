import type { JournalRow } from '../../checks/check.ts'
import type { ContainerObject, EngineView } from '../../checks/engine-view.ts'
import type { CheckUse } from '../../checks/run-check.ts'
import type { Clock } from '../clock.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'
import { judgeTamper, type SeenContainer, type TamperFinding } from './tamper.ts'

/** What was seen of a machine beside a graded run. Kept with the run; the verdict does not depend on it. */
export interface Tamper {
  /** Milliseconds since the epoch. */
  at: number
  findings: TamperFinding[]
  /** Why it could not be taken; then there are no findings, and nothing is known. */
  notTaken?: string
}

export interface TamperDeps {
  sandbox: Pick<Sandbox, 'witness'>
  engine: Pick<EngineView, 'container'>
  /** The session's journal; asked for only where what is graded may hang on an end for want of memory. */
  rows: () => Promise<readonly JournalRow[]>
  /** What is graded: the containers named there are compared with the kernel's. */
  uses: readonly Pick<CheckUse, 'use' | 'with'>[]
  clock: Clock
}

/** It takes some 50 ms; a helper that hangs must not hold the run. */
const TAMPER_MS = 10_000
const MAX_CONTAINERS = 10
/** Words of checks that look at how a container ended. */
const ABOUT_EVENTS = /oom|cause|kernel|event|memory/i

/** Takes and judges it. Never throws and never takes longer than ten seconds. Best run beside the checks, while the server's connections to the engine are open. */
export async function takeTamper(deps: TamperDeps): Promise<Tamper> {
  const { clock } = deps
  const at = clock.now()
  const { promise: late, resolve } = Promise.withResolvers<Tamper>()
  const cancel = clock.after(TAMPER_MS, () => resolve({ at, findings: [], notTaken: 'It took too long.' }))
  const taken = confirmed(deps).then(
    (findings): Tamper => ({ at, findings }),
    (error: unknown): Tamper => ({
      at,
      findings: [],
      notTaken: (error instanceof Error ? error.message : 'unknown').slice(0, 300),
    }),
  )
  try {
    return await Promise.race([taken, late])
  } finally {
    cancel()
  }
}

/** Whether the task shows as tampered. */
export const isTampered = ({ findings }: Tamper): boolean => findings.some(({ weight }) => weight === 'heavy')

/** The findings for which a task shows as tampered, of what was kept of a `Tamper`; none of anything else. */
export function shownFindings(kept: unknown): Pick<TamperFinding, 'path' | 'what'>[] {
  const findings = (kept as Partial<Tamper> | null)?.findings ?? []
  return findings.flatMap(({ weight, path, what }) => (weight === 'heavy' ? [{ path, what }] : []))
}

/** A connection may close and a container may end between two looks of the kernel: what can be so is found twice or not at all. */
async function confirmed(deps: TamperDeps): Promise<TamperFinding[]> {
  const first = await once(deps)
  const fleeting = ({ kind }: TamperFinding) => kind === 'engine' || kind === 'container'
  if (!first.some(fleeting)) return first
  const again = await once(deps)
  const same = (a: TamperFinding) => again.some((b) => a.kind === b.kind && a.path === b.path)
  return first.filter((each) => !fleeting(each) || same(each))
}

async function once({ sandbox, engine, rows, uses }: TamperDeps): Promise<TamperFinding[]> {
  const names = containersIn(uses)
  const ask = () => Promise.all(names.map((name) => engine.container(name).catch(() => undefined)))
  const before = await ask()
  const witness = await sandbox.witness()
  const containers = steady(before, await ask())
  return judgeTamper({
    witness,
    containers,
    rows: ABOUT_EVENTS.test(JSON.stringify(uses)) ? await rows() : [],
  })
}

/** The containers, and the processes of those that ran as the same before and after. */
function steady(
  before: readonly (ContainerObject | undefined)[],
  after: readonly (ContainerObject | undefined)[],
): SeenContainer[] {
  return after.flatMap((each, index) => {
    if (!each) return []
    const { Id: id, Name, State, HostConfig } = each
    const was = before[index]
    const same = was?.Id === id && was.State.Running && State.Running && was.State.Pid === State.Pid
    const pid = same ? State.Pid : undefined
    return { id, name: Name.replace(/^\//, ''), pid, memoryLimit: HostConfig.Memory }
  })
}

/** Names of containers in the parameters of checks, also in nested ones. */
function containersIn(uses: readonly Pick<CheckUse, 'with'>[]): string[] {
  const names = new Set<string>()
  const look = (value: unknown, key = '') => {
    if (typeof value === 'string' && /^(container|containers|ref|from|to)$/.test(key)) names.add(value)
    else if (Array.isArray(value)) for (const each of value) look(each, key)
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) look(each, name)
  }
  for (const use of uses) look(use.with)
  return [...names].filter((name) => /^[a-zA-Z0-9][\w.-]{1,127}$/.test(name)).slice(0, MAX_CONTAINERS)
}
