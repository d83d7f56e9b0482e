import { useEffect, useRef, useState } from 'react'
import { strings } from './strings.ts'

/** What to say above the terminals once the machine was set back, until it is dismissed. */
export function useResetLine(resetting: boolean) {
  const [line, setLine] = useState<string>()
  const was = useRef(resetting)
  useEffect(() => {
    if (was.current === resetting) return
    was.current = resetting
    setLine(resetting ? undefined : strings.done)
  }, [resetting])
  return [line, () => setLine(undefined)] as const
}
