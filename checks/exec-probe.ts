import { z } from 'zod'
import type { Check, CheckContext } from './check.ts'
import { argv, environment, showCommand, toEnv, userName } from './command.ts'
import { expectation, judgeRan, keep, type Ran, ranCodes } from './expectation.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notRunning } from './outcome.ts'
import type { ExecResult } from './own-container.ts'
import { containerName } from './params.ts'
import { probeImage, runTool } from './probe.ts'

const params = z.strictObject({
  container: containerName,
  argv: argv.describe(
    "A program of the student's container: absolute path, arguments. It must change nothing there",
  ),
  env: environment.describe('Variables to set for this program only'),
  user: userName.optional().describe("Who runs it; the container's own user without"),
  timeout_ms: z.int().min(100).max(20_000).default(5_000).describe('How long it may take; then it is killed'),
  expect: expectation.prefault({}).describe('How it must end and what it must write'),
  image: probeImage,
})
type Params = z.infer<typeof params>

interface Gathered {
  status: string | null
  ran: Ran | null
}

export const execProbe: Check<Params, Gathered> = {
  name: 'exec_probe',
  about:
    "Runs a program of the student's own container in it, and sees how it ends and what it writes. The student may have replaced the program: where that matters, look from outside.",
  example: {
    says: '`web` can write to /data.',
    with: { container: 'web', argv: ['/usr/bin/test', '-w', '/data'] },
  },
  params,
  codes: {
    'object-missing': 'There is no container of that name.',
    'container-not-running': 'It does not run.',
    ...ranCodes,
  },

  async gather(context, given) {
    const container = await context.engine.container(given.container)
    if (!container) return { status: null, ran: null }
    const { Status, Running } = container.State
    // A paused container counts as running, and an exec in it would wait for ever.
    if (!Running || Status !== 'running') return { status: Status, ran: null }
    const spec = { argv: given.argv, env: toEnv(given.env), user: given.user, timeoutMs: given.timeout_ms }
    const ran = await context.engine.exec(container.Id, spec)
    await endExec(context, ran, given.image)
    return { status: Status, ran: keep(ran) }
  },

  judge({ status, ran }, given) {
    if (status === null) return noContainer(given.container)
    if (!ran) return notRunning(given.container, status)
    const what = `${given.container} ${showCommand(given.argv)}`
    return judgeRan(ran, given.expect, `docker exec ${what}`, `exec in ${what}`)
  },

  asks: ({ expect: _, ...asked }) => asked,

  affectedBy(event, { container }) {
    return concernsContainer(event, container) && !event.action.startsWith('exec_')
  },
}

/** Kills a program that was run in a container and has not ended. */
export async function endExec(
  context: CheckContext,
  { exitCode, pid }: ExecResult,
  image: string,
): Promise<void> {
  if (exitCode !== null || pid === 0) return
  await runTool(context, image, {
    argv: ['/usr/bin/kill', '-9', String(pid)],
    processes: { kind: 'engine' },
    network: { kind: 'engine' },
    capDrop: [],
  })
}
