import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { DrydockError } from '../../errors.ts'
import { trial } from '../../services/lab-trial.ts'
import type { Command } from '../command.ts'
import { chosenLabs } from './chosen-labs.ts'
import { tableLine } from './table.ts'
import { Misuse } from './usage.ts'
import { withTrials } from './with-trials.ts'

const options = { json: { type: 'boolean' }, script: { type: 'string' } } as const
const widths = [14, 26, 8, 20]

/** `labs try SLUG --script FILE`: grades any script in a fresh sandbox. */
export const tryScript: Command = async ({ args, signal, print }) => {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  if (values.script === undefined || positionals.length !== 1) throw new Misuse('Name one lab and a script.')
  const script = await readFile(values.script, 'utf8').catch((error: Error) => {
    throw new Misuse(error.message)
  })
  const [lab] = await chosenLabs(positionals)
  if (!lab) throw new DrydockError('lab-unknown')
  const result = await withTrials([lab], signal, (deps) => trial(deps, { lab, script, signal }))
  const tasks = result.tasks.map(({ task, status, code }) => ({ task, status, code }))
  if (values.json) {
    const verdicts = result.verdicts.map((verdict) => ({
      ...verdict,
      at: new Date(verdict.at).toISOString(),
    }))
    print(JSON.stringify({ verdicts, tasks }, null, 2))
    return 0
  }
  if (result.script?.output) print(`${result.script.output.trimEnd()}\n`)
  for (const { task, check, status, code, message } of result.verdicts)
    print(tableLine([task, check, status, code, message], widths))
  print('')
  for (const { task, status, code } of tasks) print(tableLine([task, status, code], [14, 8]))
  return 0
}
