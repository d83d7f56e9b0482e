import { Button } from '@mantine/core'
import { useState } from 'react'
import type { LabTask } from '../../../../server/contract/lab.ts'
import type { Session, TaskState } from '../../../../server/contract/session.ts'
import { problemOf } from '../../api/http.ts'
import { useGiveAnswer, useRunChecks, useTakeHint } from '../../api/sessions.ts'
import { keepFocus } from '../../ui/keep-focus.ts'
import { Markdown } from '../../ui/markdown.tsx'
import { isPassed, shownVerdict } from '../../ui/progress.ts'
import { Trouble } from '../../ui/trouble.tsx'
import { AnswerField } from './answer-field.tsx'
import { strings } from './strings.ts'
import styles from './tasks.module.css'
import { VerdictCard } from './verdict-card.tsx'

interface Props {
  task: LabTask
  session: Session
  state: TaskState | undefined
  over: boolean
  onEvidence?: () => void
}

/** What an open task shows: what to do, its answers, the latest verdict, and what can be asked next. */
export function TaskBody({ task, session, state, over, onEvidence }: Props) {
  const check = useRunChecks(session.id)
  const answer = useGiveAnswer(session.id)
  const [draft, setDraft] = useState<Record<string, string>>({})
  const takeHint = useTakeHint(session.id)
  const { taken, left } = state?.hints ?? { taken: [], left: 0 }
  const verdict = shownVerdict(state)
  const busy = check.isPending || answer.isPending
  const given = (field: string) => session.answers.find((a) => a.task === task.id && a.field === field)

  const run = async () => {
    for (const { name } of task.answers) {
      const value = draft[name]
      if (value === undefined || value.trim() === '' || value === given(name)?.value) continue
      await answer.mutateAsync({ task: task.id, field: name, value })
      setDraft(({ [name]: _saved, ...rest }) => rest)
    }
    await check.mutateAsync(task.id)
  }
  const fault = answer.error ?? check.error

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        // What goes wrong is kept by the two mutations and shown below.
        if (!busy) run().catch(() => {})
      }}
    >
      <Markdown text={task.body} dim />
      {task.answers.map((field) => (
        <AnswerField
          key={field.name}
          field={field}
          value={draft[field.name] ?? given(field.name)?.value ?? ''}
          given={given(field.name)}
          disabled={over || session.state !== 'ready'}
          onChange={(value) => setDraft({ ...draft, [field.name]: value })}
        />
      ))}
      {verdict && (
        <VerdictCard verdict={verdict} passedBefore={isPassed(state) && verdict.status !== 'passed'} />
      )}
      {taken.map((text, at) => (
        <div key={text} className={styles.hint}>
          <h3 className="dim">{strings.hintTitle(at + 1)}</h3>
          <Markdown text={text} />
        </div>
      ))}
      {fault && (
        <div className={styles.fault}>
          <Trouble compact problem={problemOf(fault)} />
        </div>
      )}
      <div className={styles.acts}>
        {!over && (
          <Button
            {...keepFocus}
            type="submit"
            variant="filled"
            disabled={session.state !== 'ready'}
            aria-busy={busy}
          >
            {busy ? strings.checking : strings.check}
          </Button>
        )}
        {!over && taken.length + left > 0 && (
          <Button {...keepFocus} disabled={left === 0} onClick={() => takeHint.mutate(task.id)}>
            {strings.hint(taken.length, taken.length + left)}
          </Button>
        )}
        {onEvidence && verdict && (
          <Button {...keepFocus} variant="subtle" onClick={onEvidence}>
            {strings.evidence}
          </Button>
        )}
      </div>
    </form>
  )
}
