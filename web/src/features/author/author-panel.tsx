import { useQuery } from '@tanstack/react-query'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { authorQuery } from '../../api/author.ts'
import { problemOf } from '../../api/http.ts'
import { LabProblems } from '../../ui/lab-problems.tsx'
import { Plain } from '../../ui/plain.tsx'
import { statesById } from '../../ui/progress.ts'
import { strings as ui } from '../../ui/strings.ts'
import { TimeOfDay } from '../../ui/time.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import styles from './author.module.css'
import { CheckItem } from './check-item.tsx'
import { JournalTable } from './journal-table.tsx'
import { strings } from './strings.ts'

/** For who writes the lab: what is wrong with its files, every check with what it rests on, the journal as it grows. */
export function AuthorPanel({ lab, session }: { lab: LabDetail; session: Session }) {
  const author = useQuery(authorQuery(session.id))
  if (author.data === undefined)
    return author.isError ? (
      <Trouble compact problem={problemOf(author.error)} onRetry={() => void author.refetch()} />
    ) : (
      <p className={styles.empty}>{ui.loading}</p>
    )
  const { problems, tasks, broken, journal } = author.data
  const states = statesById(session)
  const titles = new Map(lab.tasks.map(({ id, title }) => [id, title]))
  return (
    <div className={styles.author}>
      {problems.length > 0 && (
        <section className={styles.problems} role="alert">
          <h3>{strings.broken}</h3>
          <LabProblems problems={problems} />
          <p className="dim">{strings.brokenWhy}</p>
        </section>
      )}
      <section aria-label={strings.checks}>
        {tasks.length === 0 && <p className="dim">{strings.noChecks}</p>}
        {tasks.map(({ task, checks }, n) => {
          const state = states.get(task)
          return (
            <section key={task} className={styles.task}>
              <h3>
                <Plain text={strings.ofTask(n + 1, titles.get(task) ?? task)} brief />
                {state?.passedAt && state.status !== 'passed' && (
                  <span className={styles.before}>
                    {strings.passedFirst} <TimeOfDay at={state.passedAt} />
                  </span>
                )}
              </h3>
              <ol className={styles.checks}>
                {checks.map((check, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a check is known by its place
                  <CheckItem key={at} check={check} />
                ))}
              </ol>
            </section>
          )
        })}
      </section>
      {broken.tasks > 0 && <p>{strings.couldNot(broken)}</p>}
      <JournalTable lines={journal} />
    </div>
  )
}
