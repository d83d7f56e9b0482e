import { answer } from './answer.ts'
import { cgroupValue } from './cgroup-value.ts'
import type { Check } from './check.ts'
import { dnsProbe } from './dns-probe.ts'
import { events } from './events.ts'
import { field } from './field.ts'
import { fileState } from './file-state.ts'
import { imageLayers } from './image-layers.ts'
import { logMatch } from './log-match.ts'
import { objectExists } from './object-exists.ts'
import { sameIdentity } from './same-identity.ts'
import { stopProbe } from './stop-probe.ts'
import { tcpProbe } from './tcp-probe.ts'

const all: Check[] = [
  objectExists,
  field,
  sameIdentity,
  events,
  answer,
  dnsProbe,
  tcpProbe,
  fileState,
  stopProbe,
  cgroupValue,
  logMatch,
  imageLayers,
] as Check[]

/** Every check that a lab can use, by name. */
export const checks: ReadonlyMap<string, Check> = new Map(all.map((check) => [check.name, check]))
