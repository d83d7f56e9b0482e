import { isIP } from 'node:net'
import type { Config } from './config.ts'
import { DrydockError } from './errors.ts'

type Bind = Pick<Config, 'host' | 'published' | 'url' | 'allowRemote'>

/**
 * Holds a server with one local user to this machine: whoever reaches it is that user. What counts is the address by which it is
 * given to others: what it is published as, else what it listens on, and what browsers open. Throws `bind-refused` unless it was
 * allowed by name; then browsers need an address to be let in by, and that must be named too.
 */
export function refuseRemote({ host, published, url, allowRemote }: Bind): void {
  const reached = published ? published.slice(0, published.lastIndexOf(':')) : host
  const far = [reached, ...(url ? [new URL(url).hostname] : [])].filter((name) => !isLoopback(name))
  if (far.length === 0) return
  if (!allowRemote)
    throw new DrydockError(
      'bind-refused',
      `${[...new Set(far)].join(' and ')} can be reached from elsewhere, and whoever comes has the rights of the one local user.`,
    )
  if (url === '')
    throw new DrydockError(
      'bind-refused',
      `${reached} can be reached from elsewhere, but DRYDOCK_URL does not say which address browsers open.`,
    )
}

function isLoopback(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1') return true
  return isIP(bare) === 4 && bare.startsWith('127.')
}
