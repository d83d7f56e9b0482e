import type { CheckpointRecord } from '../store/store.ts'

const MiB = 1 << 20

/** A lab has at most 12 tasks, and nobody finds their way in a longer list. */
export const MAX_CHECKPOINTS = 12
/** Of one session, together: a worked-in machine of the labs takes 20 to 200 MB, and thirty sessions share one disk. */
export const MAX_BYTES = 1024 * MiB
/** A larger machine is copied only when somebody asks: on two busy cores writes wait 0.15 s at 5 MB, 0.7 s at 133 MB, 1.2 s at 261 MB. */
export const AUTOMATIC_MAX_BYTES = 128 * MiB
/** A larger machine is not kept with its submission: a class of thirty would take 30 GB for weeks. */
export const SUBMITTED_MAX_BYTES = 1024 * MiB
/** So long grades are talked about; after it nobody may want to see the machine again. */
export const SUBMITTED_KEPT_MS = 30 * 24 * 3_600_000

type Sized = Pick<CheckpointRecord, 'id' | 'kind' | 'bytes'>

/**
 * Ids of those that have to go, oldest automatic one first, for one more of so many bytes; `existing` is oldest first.
 * Undefined when there is no room even then: what was taken by hand stays.
 */
export function makeRoom(existing: readonly Sized[], bytes: number): string[] | undefined {
  const counted = existing.filter(({ kind }) => kind !== 'submitted')
  const doomed: string[] = []
  let number = counted.length + 1
  let sum = counted.reduce((total, each) => total + (each.bytes ?? 0), bytes)
  for (const each of counted) {
    if (number <= MAX_CHECKPOINTS && sum <= MAX_BYTES) break
    if (each.kind !== 'task') continue
    doomed.push(each.id)
    number -= 1
    sum -= each.bytes ?? 0
  }
  return number <= MAX_CHECKPOINTS && sum <= MAX_BYTES ? doomed : undefined
}
