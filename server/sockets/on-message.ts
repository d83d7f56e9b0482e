import type { z } from 'zod'
import type { Reply } from '../contract/realtime.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import { problemOf } from '../problem-of.ts'

type Respond<T> = (reply: Reply<T>) => void

/** What socket.io hands to a listener: whatever the other side sent. */
type Listen = (event: string, listener: (...sent: unknown[]) => void) => unknown

/**
 * Listens to one kind of message: parses it, lets the handler answer, and turns every fault into a problem in the reply.
 * A handler that answers at once is answered for at once, so that replies keep the order of the messages.
 */
export function onMessage<S extends z.ZodType, T>(
  deps: { listen: Listen; log: Log },
  event: string,
  schema: S,
  handle: (message: z.output<S>, respond: Respond<T>) => T | Promise<T> | undefined,
): void {
  deps.listen(event, (...sent) => {
    const last = sent.at(-1)
    const respond: Respond<T> = typeof last === 'function' ? (last as Respond<T>) : () => {}
    const refuse = (fault: unknown) => {
      const problem = problemOf(fault)
      if (problem.status >= 500) deps.log.error({ err: fault, event }, 'a message could not be served')
      respond({ ok: false, problem })
    }
    const accept = (value: T | undefined) => {
      if (value !== undefined) respond({ ok: true, value })
    }
    try {
      const parsed = schema.safeParse(sent[0])
      if (!parsed.success) throw new DrydockError('terminal-message-invalid')
      const value = handle(parsed.data, respond)
      if (value instanceof Promise) value.then(accept, refuse)
      else accept(value)
    } catch (fault) {
      refuse(fault)
    }
  })
}
