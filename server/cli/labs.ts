import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { checks } from '../../checks/registry.ts'
import type { Lab, Solution } from '../../labs/lab-schema.ts'
import { loadLabs } from '../../labs/load-labs.ts'
import { systemClock } from '../clock.ts'
import { loadConfig } from '../config.ts'
import { DrydockError } from '../errors.ts'
import { prepareHost } from '../host/prepare.ts'
import { lineReport } from '../host/report.ts'
import { DockerSandboxDriver } from '../sandbox/docker/docker-driver.ts'
import { type ProofRow, prove } from '../services/lab-proof.ts'
import { type TrialDeps, trial } from '../services/lab-trial.ts'
import type { Command } from './command.ts'

/** A start costs about one CPU second, and some labs measure times. */
const AT_ONCE = 2

/** `labs test [slug ...] [--json]` and `labs try SLUG --script FILE [--json]`. */
export const labs: Command = async (context) => {
  const [what, ...rest] = context.args
  if (what === 'test') return await testLabs({ ...context, args: rest })
  if (what === 'try') return await tryScript({ ...context, args: rest })
  console.error('usage: labs test [slug ...] [--json] | labs try SLUG --script FILE [--json]')
  return 2
}

const testLabs: Command = async ({ args, signal, print }) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean' } },
    allowPositionals: true,
  })
  const chosen = await labsNamed(positionals)
  return await withTrials(signal, async (deps) => {
    const rows: ProofRow[] = []
    const trials = chosen.flatMap((lab) =>
      [undefined, ...lab.solutions].map((solution) => ({ lab, solution })),
    )
    if (!values.json) print(line(['lab', 'solution', 'kind', 'task', 'expected', 'observed', 'ok']))
    await inPairs(trials, async ({ lab, solution }) => {
      const row = await proveOne(deps, lab, solution, signal)
      rows.push(row)
      if (!values.json)
        print(
          line([
            row.lab,
            row.solution,
            row.kind,
            row.task,
            row.expected,
            row.observed,
            row.ok ? 'ok' : 'OFF',
          ]),
        )
    })
    if (values.json) print(JSON.stringify(rows, null, 2))
    return rows.every(({ ok }) => ok) ? 0 : 1
  })
}

const tryScript: Command = async ({ args, signal, print }) => {
  const options = { json: { type: 'boolean' }, script: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [slug] = positionals
  if (slug === undefined || values.script === undefined || positionals.length > 1) {
    console.error('usage: labs try SLUG --script FILE [--json]')
    return 2
  }
  const script = await readFile(values.script, 'utf8')
  const [lab] = await labsNamed([slug])
  if (!lab) throw new DrydockError('lab-unknown')
  return await withTrials(signal, async (deps) => {
    const { verdicts, tasks, script: ended } = await trial(deps, { lab, script, signal })
    if (values.json) {
      print(
        JSON.stringify(
          {
            verdicts: verdicts.map((verdict) => ({ ...verdict, at: new Date(verdict.at).toISOString() })),
            tasks,
          },
          null,
          2,
        ),
      )
      return 0
    }
    if (ended?.output) print(`${ended.output.trimEnd()}\n`)
    for (const verdict of verdicts)
      print(line([verdict.task, verdict.check, verdict.status, verdict.code, verdict.message]))
    print('')
    for (const task of tasks) print(line([task.task, task.status, task.code]))
    return 0
  })
}

/** A trial that cannot even be run is a row that is off, so that the others still are. */
async function proveOne(
  deps: TrialDeps,
  lab: Lab,
  solution: Solution | undefined,
  signal: AbortSignal,
): Promise<ProofRow> {
  const tasks = solution?.fails ? [solution.fails.task] : solution?.passes
  try {
    const graded = await trial(deps, { lab, script: solution?.script, tasks, signal })
    return prove(lab, solution, graded.tasks)
  } catch (error) {
    signal.throwIfAborted()
    const row = prove(lab, solution, [])
    return {
      ...row,
      observed: error instanceof Error ? (error.message.split('\n')[0] ?? 'failed') : 'failed',
    }
  }
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

/** An installation of its own, so that a running server never takes a trial's sandbox for a stray one. */
async function withTrials(signal: AbortSignal, work: (deps: TrialDeps) => Promise<number>): Promise<number> {
  const config = loadConfig()
  const host = await prepareHost(config, lineReport(console.error), signal)
  const log = { info() {}, warn: (fields: object, message: string) => console.error(message, fields) }
  const clock = systemClock
  const installation = `${config.installation.slice(0, 9)}-try-${process.pid.toString(36)}`
  const { socketPath, images } = host
  const { hostDir, allowUnmapped } = config
  const driver = new DockerSandboxDriver({
    socketPath,
    images,
    installation,
    hostDir,
    clock,
    log,
    allowUnmapped,
  })
  try {
    await driver.prepare()
    const golden = new Map(images.labs.map(({ name, id }) => [name, id]))
    return await work({ driver, checks, images: golden, clock, log })
  } finally {
    await driver.sweep(new Set())
    await driver.close()
  }
}

async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const worker = async () => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

const WIDTHS = [14, 26, 5, 12, 22, 22]

function line(cells: readonly string[]): string {
  return cells
    .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
    .join('  ')
    .trimEnd()
}
