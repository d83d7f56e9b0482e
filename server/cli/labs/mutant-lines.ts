import type { MutantReport } from '../../../labs/mutants.ts'
import { tableLine } from './table.ts'

const widths = [16, 12, 28, 9, 9]

/** The mutants report for people: a row a check, and below it what nobody noticed. */
export function mutantLines(reports: readonly MutantReport[]): string[] {
  if (reports.length === 0) return []
  const rows = reports.flatMap(({ lab, task, index, check, mutants, skipped, survivors, level }) => [
    tableLine(
      [
        lab,
        task,
        `checks[${index}] ${check}`,
        String(mutants),
        String(mutants - survivors.length),
        { ok: 'ok', warning: 'warning', error: 'UNGUARDED' }[level] +
          (skipped > 0 ? `, ${skipped} not judged` : ''),
      ],
      widths,
    ),
    ...survivors.map(
      ({ what, noticedBy }) =>
        `    ${what}: ${noticedBy.length > 0 ? 'only the untouched start notices' : 'nobody notices'}`,
    ),
  ])
  return ['', tableLine(['lab', 'task', 'check', 'mutants', 'noticed'], widths), ...rows]
}
