import { useEffect, useRef } from 'react'
import { globalKey, type PageKey, plainKey, takesText } from './page-keys.ts'

/** Calls `act` for the page's own keys; it answers false for a key that means nothing on this page. */
export function usePageKeys(act: (key: PageKey) => boolean): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const modal = document.querySelector('[aria-modal="true"]') !== null
      if (modal) return
      const key = globalKey(event) ?? (takesText(event.target) ? undefined : plainKey(event))
      if (key && latest.current(key)) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
