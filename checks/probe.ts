import { type CheckContext, CheckFault } from './check.ts'
import type { ContainerObject } from './engine-view.ts'
import type { ProbeSpec } from './own-container.ts'
import { objectName } from './params.ts'

/** The golden image whose programs a probe runs: must hold /usr/bin/curl, dig, nc, cat, cp, du, kill and readlink. */
export const probeImage = objectName.default('lab/net:1').describe('Golden image that the probe runs from')

const PROBE_MS = 15_000

/** A tool's answer: it ran, and ended in time. */
export interface ToolResult {
  exitCode: number
  stdout: string
  stderr: string
}

/** The id of a golden image; `fixture-missing` when the lab has none of that name. */
export function goldenImage(context: CheckContext, name: string): string {
  const id = context.images.get(name)
  if (id === undefined) throw new CheckFault('fixture-missing', `This lab has no image ${name}.`)
  return id
}

/** Runs a tool of a golden image, by its id, without capabilities unless some are given. `argv`: its absolute path, then arguments. */
export async function runTool(
  context: CheckContext,
  image: string,
  {
    argv,
    ...spec
  }: { argv: string[]; timeoutMs?: number } & Pick<
    ProbeSpec,
    'network' | 'processes' | 'mounts' | 'files' | 'user' | 'capAdd' | 'capDrop'
  >,
): Promise<ToolResult> {
  const [program, ...args] = argv
  const { exitCode, stdout, stderr, refused } = await context.engine.runProbe({
    capDrop: ['ALL'],
    timeoutMs: PROBE_MS,
    ...spec,
    image: goldenImage(context, image),
    entrypoint: [program ?? ''],
    cmd: args,
    workingDir: '/',
  })
  if (refused !== null)
    throw new CheckFault('probe-failed', `A tool of ${image} could not be started: ${refused}`)
  if (exitCode === null) throw new CheckFault('probe-failed', `A tool of ${image} did not end in time.`)
  return { exitCode, stdout, stderr }
}

/** The command line of a container's first process; undefined when it does not run and an init hides what it ran. */
export async function readFirstProcess(context: CheckContext, container: ContainerObject, image: string) {
  return container.State.Running ? firstCommand(context, container, image) : storedCommand(container)
}

async function firstCommand(
  context: CheckContext,
  container: ContainerObject,
  image: string,
): Promise<string[]> {
  const { Id: id } = container
  const probe = await runTool(context, image, {
    argv: ['/usr/bin/cat', '/proc/1/cmdline'],
    processes: { kind: 'container', id },
    // A sandbox without SYS_PTRACE cannot join the processes of one and make a network of its own.
    network: { kind: 'container', id },
  })
  const argv = probe.stdout.split('\0')
  if (argv.at(-1) === '') argv.pop()
  if (probe.exitCode !== 0 || !argv[0])
    throw new CheckFault('probe-failed', 'The first process of a container could not be read.')
  return argv
}

/** Of a stopped container: the command that it was made with, unless an init stands before it. */
function storedCommand(container: ContainerObject): string[] | undefined {
  return container.HostConfig.Init || !container.Path
    ? undefined
    : [container.Path, ...(container.Args ?? [])]
}
