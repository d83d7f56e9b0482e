import { writeFile } from 'node:fs/promises'
import { judgeMutants, type MutantReport } from '../../../labs/mutants.ts'
import { proveAll } from '../../services/lab-proof.ts'
import { type ClaimReport, claimReport, showObserved } from '../../services/proof-report.ts'
import { taskTrials } from '../../services/task-trials.ts'
import type { Command } from '../command.ts'
import { keepBusy } from './busy.ts'
import { chosenClaims } from './chosen-claims.ts'
import { chosenLabs } from './chosen-labs.ts'
import { junit } from './junit.ts'
import { mutantLines } from './mutant-lines.ts'
import { countOf, tableLine } from './table.ts'
import { readTestArgs } from './trial-args.ts'
import { withTrials } from './with-trials.ts'

const widths = [16, 26, 5, 12, 24, 24, 8, 6]
const head = ['lab', 'solution', 'kind', 'task', 'expected', 'observed', 'held', 'time']

/** `labs test`: proves labs by their solutions in fresh sandboxes. Exit code 1 when one is off, or no solution guards a check. */
export const test: Command = async ({ args, signal, print }) => {
  const asked = readTestArgs(args)
  const labs = await chosenLabs(asked.slugs)
  const claims = chosenClaims(labs, asked.only)
  const table = asked.format === 'table' || asked.out !== undefined
  const say = (line: string) => void (table && print(line))

  const started = performance.now()
  const reports: ClaimReport[] = []
  const proofs = await withTrials(labs, signal, async (deps) => {
    say(tableLine(head, widths))
    await using _ = asked.busy ? await keepBusy() : undefined
    return await proveAll(deps, claims, {
      jobs: asked.jobs,
      repeat: asked.repeat,
      signal,
      tell: (_claim, runs) => {
        const report = claimReport(runs)
        reports.push(report)
        for (const line of claimLines(report)) say(line)
      },
    })
  })
  const proved = claims.map((claim, index) => ({ claim, proofs: proofs[index] ?? [] }))
  const mutants: MutantReport[] = asked.mutants
    ? labs.flatMap((lab) =>
        judgeMutants(lab, lab.checks, taskTrials(proved.filter(({ claim }) => claim.lab === lab))),
      )
    : []
  for (const line of mutantLines(mutants)) say(line)

  const off = reports.filter(({ ok }) => !ok).length
  const unguarded = mutants.filter(({ level }) => level === 'error').length
  say('')
  say(
    [
      `${countOf(reports.length, 'claim')}, ${off} off`,
      ...(asked.mutants ? [`${countOf(mutants.length, 'check')}, ${unguarded} unguarded`] : []),
      `${Math.round((performance.now() - started) / 1000)} s, ${asked.jobs} at once`,
    ].join('; '),
  )
  const report = asked.format === 'junit' ? junit(reports, mutants) : json(reports, mutants)
  if (asked.out !== undefined) await writeFile(asked.out, report)
  else if (!table) print(report.trimEnd())
  return off > 0 || unguarded > 0 ? 1 : 0
}

function json(claims: readonly ClaimReport[], mutants: readonly MutantReport[]): string {
  return `${JSON.stringify({ claims, mutants }, null, 2)}\n`
}

function claimLines(report: ClaimReport): string[] {
  const { lab, solution, kind, task, expected, ok, runs, held, ms, detail } = report
  const verdict = runs === 1 ? (ok ? 'ok' : 'OFF') : `${ok ? '' : 'OFF '}${held}/${runs}`
  const time = `${(ms.reduce((sum, each) => sum + each, 0) / ms.length / 1000).toFixed(1)} s`
  const cells = [lab, solution, kind, task, expected, showObserved(report), verdict, time]
  return [tableLine(cells, widths), ...detail.map((line) => `    ${line}`)]
}
