import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { checks } from '../../../checks/registry.ts'
import { showProblem } from '../../../labs/lab-problem.ts'
import { loadLabs } from '../../../labs/load-labs.ts'
import { type Config, loadConfig } from '../../config.ts'
import { prepareHost } from '../../host/prepare.ts'
import { lineReport } from '../../host/report.ts'
import { buildWeb } from '../../host/web-build.ts'
import type { Command } from '../command.ts'
import { startDevServer } from './dev-server.ts'
import { courseProblems, refuseUnknown } from './unknown-lab.ts'
import { Misuse } from './usage.ts'

const options = { port: { type: 'string' } } as const

/** `labs dev SLUG`: one lab in the page, read again and judged again whenever a file of it changes, with the author's view. */
export const dev: Command = async ({ args, signal, print }) => {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [slug] = positionals
  const port = Number(values.port ?? 0)
  if (slug === undefined || positionals.length !== 1) throw new Misuse('Name one lab.')
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Misuse('A port is a number up to 65535.')
  const config = loadConfig()
  const problems = await problemsOf(config, slug)
  const report = lineReport(print)
  const host = await prepareHost(config, report, signal)
  await report.step('web client', (step) => buildWeb(step, signal))
  signal.throwIfAborted()
  const server = await report.step('server', () => startDevServer(config, host, port))
  for (const problem of problems) print(problem)
  if (problems.length === 0) await startSession(server.url, slug)
  print(`\nThe lab: ${server.url}/labs/${slug}\nCtrl-C ends it with its sandboxes.`)
  if (!signal.aborted) await once(signal, 'abort')
  await report.step('server', async (step) => {
    await server.close()
    step.outcome('stopped, nothing is left')
  })
  return 0
}

/** What is wrong with the lab, a line each; it may be mended while it is looked at. Throws Misuse when there is none of the name. */
async function problemsOf({ labsDir, labsDirs }: Config, slug: string): Promise<string[]> {
  const library = await loadLabs(labsDir, checks, labsDirs)
  refuseUnknown([slug], library)
  const faulty = library.invalid.find((each) => each.of === 'lab' && each.slug === slug)
  return faulty ? [...courseProblems(library.invalid), ...faulty.problems].map(showProblem) : []
}

/** So that the machine is there when the page is. Where it cannot be started, the page says why. */
async function startSession(url: string, lab: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${url}/api/sessions`, { method: 'POST', headers, body: JSON.stringify({ lab }) })
}
