import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { loadConfig } from '../config.ts'
import { DrydockError } from '../errors.ts'
import { prepareHost } from '../host/prepare.ts'
import { lineReport } from '../host/report.ts'
import { runScript } from '../services/run-script.ts'
import { readSqliteStore } from '../store/sql/open-sqlite.ts'
import type { CheckpointRecord, Store } from '../store/store.ts'
import type { Command } from './command.ts'
import { attachShell } from './machine/attach-shell.ts'
import { openMachine } from './machine/open-machine.ts'

const usage = 'usage: machine list [--json] | machine open SESSION [--command COMMAND]'
const options = { json: { type: 'boolean' }, command: { type: 'string' } } as const
/** A command that is given may build and run what the student made. */
const COMMAND_MS = 600_000
const OUTPUT_BYTES = 1024 * 1024

/** `machine list`: the machines kept with submissions; `machine open`: one of them, as a copy. Works beside a running server. Exit code 2: called wrongly; else that of the command or shell. */
export const machine: Command = async ({ args, signal, print }) => {
  const asked = readArgs(args)
  if (asked instanceof Error) {
    console.error(`${asked.message}\n${usage}`)
    return 2
  }
  const config = loadConfig()
  const store = await readSqliteStore(config.dataDir)
  const kept = await knownMachines(store).finally(() => store.close())
  if (asked.open === undefined) {
    if (asked.json) print(JSON.stringify(kept, null, 2))
    else
      for (const line of kept.length > 0 ? kept.map(describe) : ['No submitted machine is kept.']) print(line)
    return 0
  }
  const found = kept.find(({ session }) => session === asked.open)
  if (!found) throw new DrydockError('machine-unknown', `No machine is kept for session ${asked.open}.`)
  if (found.note !== null) throw new DrydockError('machine-unknown', found.note)
  if (asked.command === undefined && !(process.stdin.isTTY && process.stdout.isTTY)) {
    console.error('A shell needs a terminal. Without one, say what to run with --command.')
    return 2
  }
  const report = lineReport(console.error)
  const host = await prepareHost(config, report, signal)
  return openMachine({ config, host, report, signal }, found, async (sandbox) => {
    if (asked.command === undefined) return attachShell(sandbox, signal)
    const limits = { clock: systemClock, timeoutMs: COMMAND_MS, maxBytes: OUTPUT_BYTES, signal }
    const { exitCode, output } = await runScript(sandbox, asked.command, limits)
    print(output.trimEnd())
    return exitCode ?? 1
  })
}

/** The machines kept with submissions, oldest first; one with a note has no copy. */
export async function submittedMachines(store: Pick<Store, 'allCheckpoints'>): Promise<CheckpointRecord[]> {
  const all = await store.allCheckpoints()
  return all.filter(({ kind, bytes }) => kind === 'submitted' && bytes !== null)
}

type KnownMachine = CheckpointRecord & { lab: string; person: string }

/** The same, with the lab and the name of who submitted it. */
async function knownMachines(store: Store): Promise<KnownMachine[]> {
  return Promise.all(
    (await submittedMachines(store)).map(async (kept) => {
      const { lab = '', owner = '' } = (await store.session(kept.session)) ?? {}
      return { ...kept, lab, person: (await store.user(owner))?.name ?? owner }
    }),
  )
}

function describe({ session, lab, person, at, bytes, keepUntil, note }: KnownMachine): string {
  const iso = new Date(at).toISOString()
  const size = `${Math.ceil((bytes ?? 0) / (1 << 20))} MiB`
  const until = keepUntil === null ? [] : [`kept until ${new Date(keepUntil).toISOString().slice(0, 10)}`]
  const when = `submitted ${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
  return [session, lab, person, when, ...(note === null ? [size, ...until] : [note])].join('  ')
}

function readArgs(
  args: readonly string[],
): { json: boolean; open?: string | undefined; command?: string | undefined } | Error {
  try {
    const [what, ...rest] = args
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true })
    const { json = false, command } = values
    if (what === 'list' && positionals.length === 0 && command === undefined) return { json }
    const [open] = positionals
    if (what === 'open' && positionals.length === 1 && !json) return { json, open, command }
    return new Error('That is no machine command.')
  } catch (error) {
    return error as Error
  }
}
