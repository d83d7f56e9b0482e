import type { Lab, Solution } from '../../labs/lab-schema.ts'

/** What grading answered for one task. */
export interface GradedTask {
  task: string
  status: 'passed' | 'not-yet' | 'broken'
  /** `passed`, or the code of the first verdict that is not. */
  code: string
}

/** One line of the proof that a lab grades rightly: `solution` is `-` for the untouched start. */
export interface ProofRow {
  lab: string
  solution: string
  kind: 'good' | 'bad' | 'start'
  /** The tasks it is about, `all` when it is all of them. */
  task: string
  expected: string
  observed: string
  ok: boolean
}

/** One trial's claim against what grading answered. No solution stands for the untouched start, which must pass nothing. */
export function prove(lab: Lab, solution: Solution | undefined, graded: readonly GradedTask[]): ProofRow {
  const named = { lab: lab.slug, solution: solution?.name ?? '-', kind: solution?.kind ?? ('start' as const) }
  const answered = new Map(graded.map((task) => [task.task, task]))
  if (solution?.fails) {
    const { task, code } = solution.fails
    const observed = answered.get(task)
    const ok = observed?.status === 'not-yet' && observed.code === code
    return { ...named, task, expected: code, observed: show(observed), ok }
  }
  const ids = lab.tasks.map(({ id }) => id)
  const claimed = solution ? solution.passes : ids
  const wanted = solution ? 'passed' : 'not-yet'
  const off = claimed.filter((id) => answered.get(id)?.status !== wanted)
  return {
    ...named,
    task: claimed.length === ids.length ? 'all' : claimed.join(', '),
    expected: wanted,
    observed: off.length === 0 ? wanted : off.map((id) => `${id}: ${show(answered.get(id))}`).join(', '),
    ok: off.length === 0,
  }
}

function show(graded: GradedTask | undefined): string {
  if (!graded) return 'not graded'
  return graded.status === 'broken' ? `broken ${graded.code}` : graded.code
}
