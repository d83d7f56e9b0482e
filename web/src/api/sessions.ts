import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { checksResult, type Session, session, sessionSummary } from '../../../server/contract/session.ts'
import { CHECK_TIMEOUT, request, SUBMIT_TIMEOUT } from './http.ts'

const sessionList = z.array(sessionSummary)
const path = (id: string, rest = '') => `/api/sessions/${encodeURIComponent(id)}${rest}`

/** The person's sessions, newest first. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => request(sessionList, '/api/sessions', { signal }),
})

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id],
    queryFn: ({ signal }) => request(session, path(id), { signal }),
  })

/** Starts the lab, or answers with the session that is already open for it. */
export function useStartSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (lab: string) => request(session, '/api/sessions', { method: 'POST', body: { lab } }),
    onSuccess: (started) => {
      client.setQueryData(sessionQuery(started.id).queryKey, started)
      return client.invalidateQueries({ queryKey: sessionsQuery.queryKey, exact: true })
    },
  })
}

/** Throws the sandbox away and starts the lab anew, in a session of its own; the verdicts of this one are kept. */
export function useStartAnew(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => request(session, path(id, '/anew'), { method: 'POST', timeout: CHECK_TIMEOUT }),
    onSuccess: (started) => void client.setQueryData(sessionQuery(started.id).queryKey, started),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  })
}

/** Ends the session; its verdicts are kept. */
export function useEndSession(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => request(z.unknown(), path(id), { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  })
}

/** Runs the checks of one task, or of all. */
export function useRunChecks(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (task?: string) =>
      request(checksResult, path(id, '/checks'), {
        method: 'POST',
        body: task === undefined ? {} : { task },
        timeout: CHECK_TIMEOUT,
      }),
    onSuccess: (result) => {
      const told = new Map(result.tasks.map((state) => [state.task, state]))
      client.setQueryData(sessionQuery(id).queryKey, (known: Session | undefined) =>
        known === undefined
          ? known
          : { ...known, tasks: known.tasks.map((state) => told.get(state.task) ?? state) },
      )
    },
  })
}

/** Records an answer to a task's field. */
export function useGiveAnswer(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (answer: { task: string; field: string; value: string }) =>
      request(z.unknown(), path(id, '/answers'), { method: 'POST', body: answer }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery(id).queryKey }),
  })
}

/** Takes the next hint of the ladder for what the task shows now. */
export const useTakeHint = (id: string) =>
  useSessionChange(id, (asked: { task: string; seen: number }) => ({ rest: '/hints', body: asked }))

/** Has the session graded for good; it ends with that. `anyway`: also when tasks cannot be judged. */
export const useSubmit = (id: string) =>
  useSessionChange(id, (asked: { anyway?: true }) => ({
    rest: '/submission',
    body: asked,
    timeout: SUBMIT_TIMEOUT,
  }))

/** Adds to the session's time; `extended` is how often it was extended as the page shows it. */
export const useExtend = (id: string) =>
  useSessionChange(id, (extended: number) => ({ rest: '/extension', body: { extended } }))

/** Keeps the machine as it is now under a name. */
export const useSaveCheckpoint = (id: string) =>
  useSessionChange(id, (name: string) => ({ rest: '/checkpoints', body: { name } }))

export const useRemoveCheckpoint = (id: string) =>
  useSessionChange(id, (checkpoint: string) => ({
    rest: `/checkpoints/${encodeURIComponent(checkpoint)}`,
    method: 'DELETE',
  }))

/** Sets the machine back to a checkpoint. */
export const useReset = (id: string) =>
  useSessionChange(id, (checkpoint: string) => ({
    rest: '/reset',
    body: { checkpoint },
    timeout: CHECK_TIMEOUT,
  }))

/** Where the receipt of a graded session is to be had, as a file. */
export const receiptPath = (id: string): string => path(id, '/receipt')

interface Change {
  rest: string
  method?: 'POST' | 'DELETE'
  body?: unknown
  timeout?: number
}

/** A change that is answered with the session as it is then. */
function useSessionChange<Given>(id: string, change: (given: Given) => Change) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (given: Given) => {
      const { rest, method = 'POST', ...options } = change(given)
      return request(session, path(id, rest), { method, ...options })
    },
    onSuccess: (now) => client.setQueryData(sessionQuery(id).queryKey, now),
  })
}
