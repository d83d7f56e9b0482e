import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { UserRecord } from '../server/store/store.ts'
import type { VerdictPlace } from './verdict-place.ts'

const SIZE = { cols: 80, rows: 24 }

export interface Begun {
  user: UserRecord
  session: string
  sandbox: string
  /** From the request to the first prompt, in milliseconds. */
  ms: number
}

/** Starts a session and a terminal as the page does, as soon as the feed says that one can be opened. */
export async function toPrompt({ services, store }: VerdictPlace, user: UserRecord): Promise<Begun> {
  await store.putUser(user)
  const since = performance.now()
  const { promise: usable, resolve, reject } = Promise.withResolvers<void>()
  const seen = new Set<string>()
  let mine: string | undefined
  const stop = services.feed.listen({
    session({ id, engineReady, problem }) {
      if (problem && id === mine) reject(new Error(`A session did not start: ${problem.detail}`))
      if (engineReady) seen.add(id)
      if (engineReady && id === mine) resolve()
    },
    notice() {},
  })
  try {
    const { session } = await services.sessions.start(user, 'bench')
    mine = session.id
    if (!seen.has(mine)) await usable
    const { sandbox } = await services.workplaces.live(user, mine)
    const terminal = await services.terminals.open({ id: mine, owner: user.id, sandbox }, SIZE)
    await new Promise<void>((prompted, ended) => {
      let text = ''
      const viewer = {
        attached() {},
        output(_offset: number, data: Uint8Array) {
          text = (text + Buffer.from(data).toString('latin1')).slice(-200)
          if (text.endsWith('$ ')) prompted()
        },
        exit: () => ended(new Error(`The shell ended: ${text}`)),
        detached() {},
      }
      terminal.attach(viewer, undefined)
    })
    return { user, session: mine, sandbox: sandbox.id, ms: performance.now() - since }
  } finally {
    stop()
  }
}

/** The same shell by a bare `docker exec` in a container; to its prompt, in milliseconds. */
export async function bareExec(socketPath: string, container: string): Promise<number> {
  const since = performance.now()
  const shell = spawn('docker', ['exec', '-t', container, '/opt/drydock/bin/shell'], {
    env: { PATH: process.env.PATH, DOCKER_HOST: `unix://${socketPath}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await prompt(shell.stdout)
    return performance.now() - since
  } finally {
    shell.kill()
  }
}

/** Resolves when a shell has printed its prompt. */
export async function prompt(output: Readable): Promise<void> {
  let seen = ''
  for await (const chunk of output) {
    seen = (seen + String(chunk)).slice(-200)
    if (seen.endsWith('$ ')) return
  }
  throw new Error(`The shell ended without a prompt: ${seen}`)
}

/** The value below which the share `p` of all lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * p) - 1)] ?? Number.NaN)
}
