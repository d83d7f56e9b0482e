import { parseArgs } from 'node:util'
import { claimsOf, type ProofRow, proveAll } from '../../services/lab-proof.ts'
import type { Command } from '../command.ts'
import { chosenLabs } from './chosen-labs.ts'
import { tableLine } from './table.ts'
import { withTrials } from './with-trials.ts'

const options = { json: { type: 'boolean' } } as const
const widths = [14, 26, 5, 12, 24, 24]

/** `labs test`: proves labs by their solutions in fresh sandboxes. */
export const test: Command = async ({ args, signal, print }) => {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const { json } = values
  const chosen = await chosenLabs(positionals)
  const tell = ({ lab, solution, kind, task, expected, observed, ok }: ProofRow) =>
    json || print(tableLine([lab, solution, kind, task, expected, observed, ok ? 'ok' : 'OFF'], widths))
  return await withTrials(signal, async (deps) => {
    if (!json) print(tableLine(['lab', 'solution', 'kind', 'task', 'expected', 'observed', 'ok'], widths))
    const rows = await proveAll(deps, chosen.flatMap(claimsOf), { signal, tell })
    if (json) print(JSON.stringify(rows, null, 2))
    return rows.every(({ ok }) => ok) ? 0 : 1
  })
}
