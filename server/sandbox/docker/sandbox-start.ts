import type Docker from 'dockerode'
import { namespaceCaps, sandboxLimits } from '../limits.ts'
import type { SandboxProcess } from '../sandbox-driver.ts'
import { dialEngineArgv, engineAnswers } from './engine-dial.ts'
import { type ExecDeps, startExec } from './exec.ts'
import { UNMAPPED } from './host-facts.ts'

/** A student engine answers within 1 s; a busy machine with dozens of starts at once takes several. */
const ENGINE_MS = 60_000
const DIAL_MS = 20_000

const caps = Object.entries(namespaceCaps).map(([name, { value }]) => `${name}=${value}`)

interface Deps extends ExecDeps {
  container: Docker.Container
}

/** Without a user namespace of its own a sandbox has the host's counters, and caps would be caps for all. */
const capsOf = (owner: string) => (owner === UNMAPPED ? [] : caps)

/** Starts the container of a sandbox whose disk is mounted, and gives its first process the go-ahead. */
export async function startContainer({ container, helper }: Deps, id: string, owner: string): Promise<void> {
  await container.start()
  const { State } = await container.inspect()
  await helper.request(
    'go',
    id,
    container.id,
    State.Pid,
    owner,
    sandboxLimits.cgroups.value,
    ...capsOf(owner),
  )
}

/** Resolves when the student engine answers; throws after a minute. */
export async function waitForEngine(deps: Deps, signal?: AbortSignal): Promise<void> {
  const late = new AbortController()
  const cancel = deps.clock.after(ENGINE_MS, () =>
    late.abort(new Error('The student engine does not answer')),
  )
  const both = signal ? AbortSignal.any([signal, late.signal]) : late.signal
  const dial = (): Promise<SandboxProcess> => startExec(deps, { argv: dialEngineArgv(DIAL_MS), signal: both })
  try {
    await engineAnswers(dial, both)
  } finally {
    cancel()
  }
}

/** The last lines that the sandbox's first process and its engine printed, for the server's log. */
export async function lastWords(container: Docker.Container): Promise<string> {
  const logs = await container.logs({ stdout: true, stderr: true, tail: 20 }).catch(() => Buffer.alloc(0))
  return logs
    .toString('latin1')
    .replace(/[^\x20-\x7e\n]+/g, ' ')
    .slice(-4000)
}
