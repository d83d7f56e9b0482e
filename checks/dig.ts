import { CheckFault } from './check.ts'
import type { ToolResult } from './probe.ts'

export interface DnsAnswer {
  /** NOERROR, NXDOMAIN, SERVFAIL, ...; `no server` when nobody answered. */
  status: string
  /** IPv4 addresses, at most 50. */
  addresses: string[]
}

/** dig ends with 9 when no server could be reached. */
const NO_SERVER = 9

/** What dig says. Throws `probe-failed` when it did not run as it should. */
export function parseDig({ exitCode, stdout, stderr }: ToolResult): DnsAnswer {
  if (exitCode === NO_SERVER) return { status: 'no server', addresses: [] }
  const status = /^;; ->>HEADER<<- .*status: ([A-Z]+)/mu.exec(stdout)?.[1]
  if (exitCode !== 0 || !status) {
    throw new CheckFault(
      'probe-failed',
      `The question to the DNS server could not be asked (exit ${exitCode}: ${stderr.slice(0, 200)}).`,
    )
  }
  const found = [...stdout.matchAll(/^[^;\s]\S*\s+\d+\s+IN\s+A\s+(\d{1,3}(?:\.\d{1,3}){3})\s*$/gmu)]
  return { status, addresses: found.slice(0, 50).map((match) => match[1] ?? '') }
}
