import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Config } from '../../config.ts'
import { type Finding, fail, ok } from './finding.ts'

/** A Drydock answers in milliseconds. */
const ANSWER_MS = 2_000

/** Whether the server's address can be had: free, or a Drydock's already. */
export async function lookAtPort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<Finding> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
  if (port === 0) return ok('port', 'any that is free')
  const taken = await listens(host, port)
  if (taken === undefined) return ok('port', `${place} is free`)
  if (taken !== 'EADDRINUSE')
    return fail(
      'port',
      `${place} cannot be used: ${taken}`,
      'Set DRYDOCK_HOST to an address of this machine.',
    )
  return (await isDrydock(place))
    ? ok('port', `a Drydock answers at ${place}`)
    : fail('port', `${place} is taken by another program`, 'End that program, or set DRYDOCK_PORT.')
}

/** Undefined when it can be listened on, otherwise the error's code. */
async function listens(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    server.close()
  }
}

async function isDrydock(place: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://${place}/api/health`, { signal: AbortSignal.timeout(ANSWER_MS) })
    return typeof (await answer.json()).engine === 'string'
  } catch {
    return false
  }
}
