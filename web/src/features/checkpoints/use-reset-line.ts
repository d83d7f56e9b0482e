import { useEffect, useRef, useState } from 'react'
import type { Session } from '../../../../server/contract/session.ts'
import { strings } from './strings.ts'

/** What to say above the terminals once the machine was set back, also what the lab still starts there, until it is dismissed. */
export function useResetLine({ resetting, steps }: Session) {
  const [shown, setShown] = useState(false)
  const was = useRef(resetting)
  useEffect(() => {
    if (was.current === resetting) return
    was.current = resetting
    setShown(!resetting)
  }, [resetting])
  const resume = steps.find(({ name }) => name === 'resume')
  const line = !resume ? strings.done : resume.ms === null ? strings.doneResuming : strings.doneResumed
  return [shown ? line : undefined, () => setShown(false)] as const
}
