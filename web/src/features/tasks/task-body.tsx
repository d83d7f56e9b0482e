import { Button } from '@mantine/core'
import { useState } from 'react'
import type { LabTask } from '../../../../server/contract/lab.ts'
import type { Session, Submission, TaskState } from '../../../../server/contract/session.ts'
import { problemOf } from '../../api/http.ts'
import { useGiveAnswer, useRunChecks, useTakeHint } from '../../api/sessions.ts'
import { keepFocus } from '../../ui/keep-focus.ts'
import { MachineFindings } from '../../ui/machine-findings.tsx'
import { Markdown } from '../../ui/markdown.tsx'
import { shownVerdict, standing } from '../../ui/progress.ts'
import { Trouble } from '../../ui/trouble.tsx'
import { AnswerField } from './answer-field.tsx'
import { costOf, costOfNext } from './hint-cost.ts'
import { HintButton, HintList } from './hints.tsx'
import { strings } from './strings.ts'
import { TaskGrade } from './task-grade.tsx'
import styles from './tasks.module.css'
import { VerdictCard } from './verdict-card.tsx'

export interface TaskBodyProps {
  task: LabTask
  session: Session
  state: TaskState | undefined
  /** What one hint takes of the task's weight, 0 to 1. */
  hintCost: number
  /** What the submission gave for it. */
  grade: Submission['tasks'][number] | undefined
  over: boolean
  onEvidence?: () => void
  /** Sets the machine back to when this task had just turned green; there when that can be done. */
  onReset?: () => void
}

/** What an open task shows: what to do, its answers, the latest verdict, and what can be asked next. */
export function TaskBody(props: TaskBodyProps) {
  const { task, session, state, hintCost, grade, over, onEvidence, onReset } = props
  const check = useRunChecks(session.id)
  const answer = useGiveAnswer(session.id)
  const takeHint = useTakeHint(session.id)
  const [draft, setDraft] = useState<Record<string, string>>({})
  const verdict = shownVerdict(state)
  const hints = state?.hints ?? { taken: [], left: 0 }
  const busy = check.isPending || answer.isPending
  const open = !over && session.state === 'ready' && !session.resetting
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
  const fault = answer.error ?? check.error ?? takeHint.error

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        // What goes wrong is kept by the two mutations and shown below.
        if (open && !busy) run().catch(() => {})
      }}
    >
      {grade && <TaskGrade grade={grade} state={state} />}
      <Markdown text={task.body} dim />
      {!over && <Terms task={task} state={state} />}
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
        <VerdictCard
          verdict={verdict}
          passedBefore={passedBefore(task, state, over)}
          again={over ? 'over' : state?.live ? 'live' : 'asked'}
        />
      )}
      {state && state.tampered.length > 0 && (
        <div className={styles.machine}>
          <MachineFindings about={strings.tampered} />
        </div>
      )}
      <HintList taken={hints.taken} />
      {!over && hints.taken.length > 0 && hintCost > 0 && (
        <p className={styles.terms}>
          {strings.hintsCost(hints.taken.length, costOf(hints.taken.length, hintCost))}
        </p>
      )}
      {fault && (
        <div className={styles.fault}>
          <Trouble compact problem={problemOf(fault)} />
        </div>
      )}
      <div className={styles.acts}>
        {!over && (
          <Button {...keepFocus} type="submit" variant="filled" disabled={!open} aria-busy={busy}>
            {busy ? strings.checking : strings.check}
          </Button>
        )}
        {!over && (
          <HintButton
            hints={hints}
            cost={costOfNext(hints.taken.length, hintCost)}
            busy={takeHint.isPending}
            onTake={() => takeHint.mutate({ task: task.id, seen: state?.hints.taken.length ?? 0 })}
          />
        )}
        {onReset && (
          <Button {...keepFocus} disabled={!open} onClick={onReset}>
            {strings.reset}
          </Button>
        )}
        {onEvidence && (verdict || (state && state.tampered.length > 0)) && (
          <Button {...keepFocus} variant="subtle" onClick={onEvidence}>
            {strings.evidence}
          </Button>
        )}
      </div>
    </form>
  )
}

/** How the task is judged, where that is not what one expects. */
function Terms({ task, state }: { task: LabTask; state: TaskState | undefined }) {
  const now = standing(task, state)
  const terms = [
    state?.live === false && now !== 'passed' && strings.pressCheck,
    task.grading === 'must-hold' && now !== 'lost' && strings.mustHold,
    task.cleanRoom && strings.cleanRoom,
  ].filter((term) => term !== false)
  return terms.length === 0 ? null : <p className={styles.terms}>{terms.join(' ')}</p>
}

/** What to say of a task that was passed when its latest check says something else. */
function passedBefore(task: LabTask, state: TaskState | undefined, over: boolean) {
  const now = standing(task, state)
  if (now === 'lost' && !over) return 'lost'
  return now === 'passed' && state?.verdicts.some(({ status }) => status !== 'passed') ? 'latched' : undefined
}
