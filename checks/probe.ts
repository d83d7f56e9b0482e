import { type CheckContext, CheckFault } from './check.ts'
import type { ContainerObject, ProbeResult, ProbeSpec } from './engine-view.ts'
import { objectName } from './params.ts'

/** The golden image whose programs a probe runs: must hold /usr/bin/dig, nc and cat. */
export const probeImage = objectName.default('lab/net:1').describe('Golden image that the probe runs from')

const PROBE_MS = 15_000

/** Runs a probe from a golden image, by its id. */
export function runProbe(
  context: CheckContext,
  image: string,
  spec: Omit<ProbeSpec, 'image' | 'timeoutMs'>,
): Promise<ProbeResult> {
  const id = context.images.get(image)
  if (id === undefined) throw new CheckFault('fixture-missing', `This lab has no image ${image}.`)
  return context.engine.runProbe({ ...spec, image: id, timeoutMs: PROBE_MS })
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
  const probe = await runProbe(context, image, {
    argv: ['/usr/bin/cat', '/proc/1/cmdline'],
    processesOf: container.Id,
    // A sandbox without SYS_PTRACE cannot join the processes of one and make a network of its own.
    networkOf: container.Id,
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
