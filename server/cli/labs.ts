import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { checks } from '../../checks/registry.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import { loadLabs } from '../../labs/load-labs.ts'
import { systemClock } from '../clock.ts'
import { loadConfig } from '../config.ts'
import { DrydockError } from '../errors.ts'
import { prepareHost } from '../host/prepare.ts'
import { lineReport } from '../host/report.ts'
import { DockerSandboxDriver } from '../sandbox/docker/docker-driver.ts'
import { claimsOf, type ProofRow, proveAll } from '../services/lab-proof.ts'
import { type TrialDeps, trial } from '../services/lab-trial.ts'
import type { Command } from './command.ts'

const usage = 'usage: labs test [slug ...] [--json] | labs try SLUG --script FILE [--json]'
const options = { json: { type: 'boolean' }, script: { type: 'string' } } as const

/** `labs test` proves labs by their solutions; `labs try` grades any script. Exit code 2: called wrongly. */
export const labs: Command = async ({ args, ...context }) => {
  const asked = await readArgs(args).catch((error: Error) => error)
  if (asked instanceof Error) {
    console.error(`${asked.message}\n${usage}`)
    return 2
  }
  const { slugs, json, script } = asked
  return script === undefined
    ? await testLabs(slugs, json, context)
    : await tryScript(slugs, script, json, context)
}

interface Asked {
  slugs: string[]
  json: boolean
  /** The script to try; undefined for a test. */
  script: string | undefined
}

async function readArgs(args: readonly string[]): Promise<Asked> {
  const [what, ...rest] = args
  const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true })
  const asked = { slugs: positionals, json: values.json ?? false, script: undefined }
  if (what === 'test' && values.script === undefined) return asked
  if (what !== 'try' || values.script === undefined || positionals.length !== 1)
    throw new Error('That is no labs command.')
  return { ...asked, script: await readFile(values.script, 'utf8') }
}

type Context = Omit<Parameters<Command>[0], 'args'>

async function testLabs(slugs: string[], json: boolean, { signal, print }: Context): Promise<number> {
  const chosen = await labsNamed(slugs)
  const tell = ({ lab, solution, kind, task, expected, observed, ok }: ProofRow) =>
    json || print(line([lab, solution, kind, task, expected, observed, ok ? 'ok' : 'OFF']))
  return await withTrials(signal, async (deps) => {
    if (!json) print(line(['lab', 'solution', 'kind', 'task', 'expected', 'observed', 'ok']))
    const rows = await proveAll(deps, chosen.flatMap(claimsOf), { signal, tell })
    if (json) print(JSON.stringify(rows, null, 2))
    return rows.every(({ ok }) => ok) ? 0 : 1
  })
}

async function tryScript(
  slugs: string[],
  script: string,
  json: boolean,
  { signal, print }: Context,
): Promise<number> {
  const [lab] = await labsNamed(slugs)
  if (!lab) throw new DrydockError('lab-unknown')
  return await withTrials(signal, async (deps) => {
    const result = await trial(deps, { lab, script, signal })
    const tasks = result.tasks.map(({ task, status, code }) => ({ task, status, code }))
    if (json) {
      const verdicts = result.verdicts.map((verdict) => ({
        ...verdict,
        at: new Date(verdict.at).toISOString(),
      }))
      print(JSON.stringify({ verdicts, tasks }, null, 2))
      return 0
    }
    if (result.script?.output) print(`${result.script.output.trimEnd()}\n`)
    for (const { task, check, status, code, message } of result.verdicts)
      print(line([task, check, status, code, message]))
    print('')
    for (const { task, status, code } of tasks) print(line([task, status, code]))
    return 0
  })
}

/** The labs of these slugs, all without. Throws `lab-unknown`, and `lab-invalid` when one of them is. */
async function labsNamed(slugs: readonly string[]): Promise<Lab[]> {
  const { labs, invalid } = await loadLabs(loadConfig().labsDir, checks)
  const faulty = invalid.find(({ slug }) => slugs.length === 0 || slugs.includes(slug))
  if (faulty) throw faulty
  const unknown = slugs.find((slug) => !labs.some((lab) => lab.slug === slug))
  if (unknown !== undefined) throw new DrydockError('lab-unknown', `There is no lab ${unknown}`)
  return slugs.length === 0 ? labs : labs.filter(({ slug }) => slugs.includes(slug))
}

/** Works with an installation of its own, so that no running server takes a trial's sandbox for a stray one. */
async function withTrials(signal: AbortSignal, work: (deps: TrialDeps) => Promise<number>): Promise<number> {
  const config = loadConfig()
  const host = await prepareHost(config, lineReport(console.error), signal)
  const quiet = () => {}
  const loud = (fields: object, message: string) => console.error(message, fields)
  const log = { debug: quiet, info: quiet, warn: loud, error: loud }
  const clock = systemClock
  const installation = `${config.installation.slice(0, 9)}-try-${process.pid.toString(36)}`
  const driver = new DockerSandboxDriver({ ...host, ...config, installation, clock, log })
  try {
    await driver.prepare()
    const golden = new Map(host.images.labs.map(({ name, id }) => [name, id]))
    return await work({ driver, checks, images: golden, clock, log })
  } finally {
    await driver.sweep(new Set())
    await driver.close()
  }
}

const widths = [14, 26, 5, 12, 24, 24]

function line(cells: readonly string[]): string {
  return cells
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd()
}
