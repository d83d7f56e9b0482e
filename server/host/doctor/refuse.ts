import { DrydockError } from '../../errors.ts'
import type { Finding } from './finding.ts'

/**
 * Throws `host-not-ready` with all that keeps Drydock from working or from being safe, and how to mend it. Room on a disk is
 * left out: sessions that are open go on without it, ending them makes some, and new ones are refused one by one.
 */
export function refuseUnfit(findings: readonly Finding[]): void {
  const unfit = findings.filter(({ state, passing }) => state === 'fail' && !passing)
  if (unfit.length === 0) return
  const lines = unfit.map(({ name, seen, mend }) => `${name}: ${seen}. ${mend}`)
  throw new DrydockError('host-not-ready', lines.join('\n'))
}
