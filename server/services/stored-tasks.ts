import type { Lab } from '../../labs/lab-schema.ts'
import type { Store } from '../store/store.ts'
import type { StoredTask } from './regrade.ts'

/** More sessions of one lab than a cohort's whole course has. */
const MAX_SESSIONS = 10_000

type ReadStore = Pick<Store, 'sessionsOfLab' | 'tasks' | 'submission' | 'verdictsBehind'>

/** Every task of the lab that was ever judged, session by session, newest first, with the verdicts that it counts by. */
export async function storedTasks(store: ReadStore, lab: Lab): Promise<StoredTask[]> {
  const found: StoredTask[] = []
  for (const { session, person } of await store.sessionsOfLab(lab.slug, MAX_SESSIONS)) {
    const submitted = await store.submission(session)
    const { firstPass, latest } = await store.verdictsBehind(session)
    for (const { task, status, code, passedAt } of await store.tasks(session)) {
      const latched = lab.tasks.find(({ id }) => id === task)?.grading !== 'must-hold'
      const graded = submitted?.tasks.find((each) => each.task === task)
      const passed = graded?.passed ?? (latched ? passedAt !== null : status === 'passed')
      const records = latched && passed ? firstPass : latest
      found.push({
        session,
        person,
        task,
        passed,
        code: graded?.code ?? (passed ? 'passed' : code),
        records: records.filter(({ verdict }) => verdict.task === task),
      })
    }
  }
  return found
}
