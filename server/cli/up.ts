import { once } from 'node:events'
import { refuseRemote } from '../bind.ts'
import { loadConfig } from '../config.ts'
import { examine } from '../host/doctor/examine.ts'
import { refuseUnfit } from '../host/doctor/refuse.ts'
import { prepareHost } from '../host/prepare.ts'
import { lineReport } from '../host/report.ts'
import { buildWeb } from '../host/web-build.ts'
import { startServer } from '../main.ts'
import type { Command, CommandContext } from './command.ts'

/** Makes the machine ready, builds the web client when it changed, and runs the server until it is asked to stop. */
export const up: Command = (context) => runServer(context, true)

/** As `up`, without the web client: for development and for images that bring it built. */
export const serve: Command = (context) => runServer(context, false)

async function runServer({ signal, print }: CommandContext, web: boolean): Promise<number> {
  const config = loadConfig()
  // Before minutes of preparation.
  refuseRemote(config)
  const report = lineReport(print)
  const host = await prepareHost(config, report, signal)
  await report.step('doctor', async (step) => {
    const findings = await examine(config)
    refuseUnfit(findings)
    const warnings = findings.filter(({ state }) => state !== 'ok').map(({ name }) => name)
    step.outcome(warnings.length === 0 ? 'all well' : `see npm run drydock -- doctor: ${warnings.join(', ')}`)
  })
  if (web) await report.step('web client', (step) => buildWeb(step, signal))
  signal.throwIfAborted()
  const server = await report.step('server', () => startServer(config, host))
  print(`\nDrydock is ready at ${server.url}\nCtrl-C stops it; sandboxes and their sessions go on.`)
  if (!signal.aborted) await once(signal, 'abort')
  await report.step('server', async (step) => {
    await server.close()
    step.outcome('stopped')
  })
  return 0
}
