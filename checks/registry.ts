import { answer } from './answer.ts'
import { buildCache } from './build-cache.ts'
import { cgroupValue } from './cgroup-value.ts'
import type { Check } from './check.ts'
import { cloneProbe } from './clone-probe.ts'
import { all } from './combine/all.ts'
import { any } from './combine/any.ts'
import { not } from './combine/not.ts'
import { sequence } from './combine/sequence.ts'
import { within } from './combine/within.ts'
import { composeModel } from './compose-model.ts'
import { contextProbe } from './context-probe.ts'
import { dnsProbe } from './dns-probe.ts'
import { events } from './events.ts'
import { execProbe } from './exec-probe.ts'
import { field } from './field.ts'
import { fileState } from './file-state.ts'
import { fsChanges } from './fs-changes.ts'
import { httpProbe } from './http-probe.ts'
import { imageLayers } from './image-layers.ts'
import { imageScan } from './image-scan.ts'
import { loadProbe } from './load-probe.ts'
import { logMatch } from './log-match.ts'
import { objectEvents } from './object-events.ts'
import { objectExists } from './object-exists.ts'
import { procRead } from './proc-read.ts'
import { rebuildProbe } from './rebuild-probe.ts'
import { runProbe } from './run-probe.ts'
import { sameIdentity } from './same-identity.ts'
import { script } from './script.ts'
import { stopProbe } from './stop-probe.ts'
import { tcpProbe } from './tcp-probe.ts'

const plain = [
  objectExists,
  field,
  sameIdentity,
  events,
  objectEvents,
  answer,
  dnsProbe,
  tcpProbe,
  fileState,
  stopProbe,
  runProbe,
  cloneProbe,
  execProbe,
  httpProbe,
  loadProbe,
  fsChanges,
  procRead,
  cgroupValue,
  logMatch,
  imageLayers,
  rebuildProbe,
  contextProbe,
  script,
  composeModel,
  imageScan,
  buildCache,
] as Check[]

/** These checks by name, and those that combine them; one that combines others is made anew for this registry. */
export function registryOf(list: Iterable<Check>): ReadonlyMap<string, Check> {
  const registry = new Map<string, Check>()
  const lookup = (name: string) => registry.get(name)
  const names = new Set<string>()
  const combining = [all, any, (find: typeof lookup) => not(find, names), sequence, within].map(
    (make) => make(lookup) as Check,
  )
  for (const { name } of combining) names.add(name)
  for (const check of [...list, ...combining]) registry.set(check.name, check)
  return registry
}

/** Every check that any lab can use, by name. */
export const checks: ReadonlyMap<string, Check> = registryOf(plain)
