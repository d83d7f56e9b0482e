import { useEffect, useMemo, useState } from 'react'
import type { Session } from '../../../../server/contract/session.ts'
import { MINUTE } from '../../ui/format.ts'

/** From here on every second is shown. */
const CLOSE = 5 * MINUTE

/** Milliseconds that are left of the session's time; undefined where it has no end. The page's own clock may be wrong. */
export function useTimeLeft(time: Session['time']): number | undefined {
  const end = useMemo(() => time && performance.now() + time.left, [time])
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    if (end === null) return
    let timer: ReturnType<typeof setTimeout>
    const tick = () => {
      setNow(performance.now())
      const left = end - performance.now()
      if (left > 0) timer = setTimeout(tick, left > CLOSE + MINUTE ? MINUTE / 2 : 1000)
    }
    tick()
    return () => clearTimeout(timer)
  }, [end])
  return end === null ? undefined : Math.max(0, end - Math.min(now, performance.now()))
}

/** Which warning is due: of five minutes, of one, or none yet. */
export function warningOf(left: number | undefined): 5 | 1 | undefined {
  if (left === undefined || left > 5 * MINUTE) return undefined
  return left > MINUTE ? 5 : 1
}
