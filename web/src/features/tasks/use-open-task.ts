import { useEffect, useRef, useState } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { nextTask, type Turn, turns } from '../../ui/progress.ts'
import { strings } from './strings.ts'

/**
 * Which task is open, and what to tell a screen reader. When the open task is passed the next one opens; a task
 * that passes is announced once. The focus is left where it is, the terminal above all.
 */
export function useOpenTask(lab: LabDetail, session: Session) {
  const [open, setOpen] = useState<string | undefined>(() => nextTask(lab.tasks, session))
  const [announcement, announce] = useState('')
  const before = useRef<Session>(undefined)
  /** An answer that was overtaken by the feed may show a task as it was: its pass is old news then. */
  const told = useRef(new Set<string>())
  /** The focus was in the task that is about to fold: it goes on to the next, or it would be lost. */
  const follow = useRef(false)

  useEffect(() => {
    const turned = turns(lab.tasks, before.current, session).filter(
      ({ task, to }) => to !== 'passed' || !told.current.has(task),
    )
    before.current = session
    if (turned.length === 0) return
    const passed = turned.filter(({ to }) => to === 'passed').map(({ task }) => task)
    for (const task of passed) told.current.add(task)
    if (passed.length > 0) {
      follow.current = document.activeElement?.closest('[data-task-body]') != null
      setOpen((at) => (at === undefined || passed.includes(at) ? nextTask(lab.tasks, session, at) : at))
    }
    announce(turned.map((turn) => sentence(lab, session, turn)).join(' '))
  }, [lab, session])

  useEffect(() => {
    if (!follow.current) return
    follow.current = false
    const at = lab.tasks.findIndex((task) => task.id === open)
    document.getElementById(`task-${Math.max(0, at) + 1}`)?.focus()
  }, [lab, open])

  return { open, setOpen, announcement }
}

function sentence(lab: LabDetail, session: Session, { task: id, to }: Turn): string {
  const at = lab.tasks.findIndex((task) => task.id === id)
  const title = lab.tasks[at]?.title ?? id
  if (to !== 'passed') return strings[to](at + 1, title)
  const next = lab.tasks.find((task) => task.id === nextTask(lab.tasks, session, id))
  return strings.announce(at + 1, title, next?.title)
}
