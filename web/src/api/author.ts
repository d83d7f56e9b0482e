import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import {
  type AuthorSession,
  authorSession,
  type JournalLine,
  MAX_JOURNAL_LINES,
} from '../../../server/contract/author.ts'
import { request } from './http.ts'
import { labQuery, labsQuery } from './labs.ts'
import type { LiveSession } from './use-session-link.ts'

/** What an author sees beside a session; only a server in author mode has it. */
export const authorQuery = (id: string) =>
  queryOptions({
    queryKey: ['author', id],
    queryFn: async ({ signal, client, queryKey }) => {
      const path = `/api/author/sessions/${encodeURIComponent(id)}`
      const fresh = await request(authorSession, path, { signal })
      // Rows that came by themselves meanwhile are newer than the answer.
      const known = client.getQueryData<AuthorSession>(queryKey)
      return { ...fresh, journal: joined(fresh.journal, known?.journal ?? []) }
    },
  })

/** The rows and those of `more` that come after them; the last of all. */
export function joined(lines: readonly JournalLine[], more: readonly JournalLine[]): JournalLine[] {
  const last = lines.at(-1)?.seq ?? 0
  return [...lines, ...more.filter(({ seq }) => seq > last)].slice(-MAX_JOURNAL_LINES)
}

/** Follows what an author sees, and the lab itself when its files change. Answers whether the server is in author mode. */
export function useAuthor({ link, state }: Pick<LiveSession, 'link' | 'state'>, lab: string): boolean {
  const client = useQueryClient()
  const author = state !== 'connecting' && (link?.author ?? false)
  useEffect(() => {
    if (!author || !link || state !== 'connected') return
    const { queryKey } = authorQuery(link.sessionId)
    const readLab = () => {
      void client.invalidateQueries({ queryKey: labQuery(lab).queryKey })
      void client.invalidateQueries({ queryKey: labsQuery.queryKey, exact: true })
    }
    // What happened while nothing was heard.
    void client.invalidateQueries({ queryKey })
    readLab()
    return link.listenAuthor({
      changed(read) {
        void client.invalidateQueries({ queryKey })
        if (read) readLab()
      },
      rows: (lines) =>
        client.setQueryData(
          queryKey,
          (known) => known && { ...known, journal: joined(known.journal, lines) },
        ),
    })
  }, [author, link, state, lab, client])
  return author
}
