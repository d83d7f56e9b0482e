import { useEffect, useRef, useState } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { newlyPassed, nextTask } from '../../ui/progress.ts'
import { strings } from './strings.ts'

/**
 * Which task is open, and what to tell a screen reader. When the open task is passed the next one opens; a task
 * that passes is announced once. The focus is left where it is, the terminal above all.
 */
export function useOpenTask(lab: LabDetail, session: Session) {
  const [open, setOpen] = useState<string | undefined>(() => nextTask(lab.tasks, session))
  const [announcement, announce] = useState('')
  const before = useRef<Session>(undefined)
  /** The focus was in the task that is about to fold: it goes on to the next, or it would be lost. */
  const follow = useRef(false)

  useEffect(() => {
    const passed = newlyPassed(before.current, session)
    before.current = session
    if (passed.length === 0) return
    follow.current = document.activeElement?.closest('[data-task-body]') != null
    setOpen((at) => (at === undefined || passed.includes(at) ? nextTask(lab.tasks, session, at) : at))
    announce(
      passed
        .map((id) => {
          const at = lab.tasks.findIndex((task) => task.id === id)
          const next = lab.tasks.find((task) => task.id === nextTask(lab.tasks, session, id))
          return strings.announce(at + 1, lab.tasks[at]?.title ?? id, next?.title)
        })
        .join(' '),
    )
  }, [lab, session])

  useEffect(() => {
    if (!follow.current) return
    follow.current = false
    const at = lab.tasks.findIndex((task) => task.id === open)
    document.getElementById(`task-${Math.max(0, at) + 1}`)?.focus()
  }, [lab, open])

  return { open, setOpen, announcement }
}
