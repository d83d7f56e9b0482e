import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { type LinkState, type Notice, SessionLink } from './session-link.ts'
import { sessionQuery, sessionsQuery } from './sessions.ts'

export interface LiveSession {
  link: SessionLink | undefined
  state: LinkState
  notice: Notice | undefined
  dismissNotice(): void
}

/** Keeps the cached session in step with the server for as long as `id` is given. */
export function useSessionLink(id: string | undefined): LiveSession {
  const client = useQueryClient()
  const [link, setLink] = useState<SessionLink>()
  const [notice, setNotice] = useState<Notice>()

  useEffect(() => {
    if (id === undefined) return
    const opened = new SessionLink(id, {
      onSession: (session) => {
        client.setQueryData(sessionQuery(id).queryKey, session)
        if (session.state === 'ended' || session.state === 'failed')
          void client.invalidateQueries({ queryKey: sessionsQuery.queryKey, exact: true })
      },
      onNotice: setNotice,
    })
    opened.open()
    setLink(opened)
    return () => {
      opened.close()
      setLink(undefined)
      setNotice(undefined)
    }
  }, [id, client])

  const state = useSyncExternalStore<LinkState>(
    link?.subscribe ?? subscribeToNothing,
    () => link?.state ?? 'connecting',
  )
  return { link, state, notice, dismissNotice: () => setNotice(undefined) }
}

const subscribeToNothing = () => () => {}
