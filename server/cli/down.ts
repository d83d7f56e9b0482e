import { loadConfig } from '../config.ts'
import { DrydockError } from '../errors.ts'
import { endOwnEngine } from '../host/own-engine/end.ts'
import { engineLayout } from '../host/own-engine/layout.ts'
import { unmountBelow } from '../host/own-engine/mounts.ts'
import { isThere } from '../host/own-engine/use.ts'
import { prepareHost } from '../host/prepare.ts'
import { lineReport } from '../host/report.ts'
import type { Command } from './command.ts'
import { describeSweep, endSandboxes } from './end-sandboxes.ts'

/** Ends this installation's sandboxes; with --engine also Drydock's own host engine. Images and data stay. */
export const down: Command = async ({ args, signal, print }) => {
  const config = loadConfig()
  const engine = args.includes('--engine')
  if (engine && config.dockerSocket) {
    throw new DrydockError(
      'host-not-ready',
      `The engine at ${config.dockerSocket} is not one of Drydock's own; end it the way it was started.`,
    )
  }
  const layout = engineLayout(config)
  if (!config.dockerSocket && !isThere(layout)) {
    print('No host engine is there, so nothing runs.')
    return 0
  }
  const report = lineReport(print)
  const host = await prepareHost(config, report, signal)
  await report.step('sandboxes', async (step) => {
    const ended = describeSweep(await endSandboxes(config, host, { keepCheckpoints: true }))
    step.outcome(ended ? `ended ${ended}` : 'none there')
  })
  if (engine) {
    await report.step('host engine', async (step) => {
      await endOwnEngine(layout)
      await unmountBelow(config.hostDir)
      step.outcome('ended')
    })
  }
  return 0
}
