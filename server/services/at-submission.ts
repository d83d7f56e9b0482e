import type { Clock } from '../clock.ts'
import { Slots } from '../engine/slots.ts'
import type { Log } from '../log.ts'
import { usualSize } from '../sandbox/limits.ts'
import type { SandboxDriver } from '../sandbox/sandbox-driver.ts'
import { newSandboxId } from '../sandbox/sandbox-id.ts'
import type { Store } from '../store/store.ts'
import type { Checkpoints } from './checkpoints.ts'
import { runCleanRoom } from './clean-room.ts'
import type { Grader } from './grader.ts'
import type { Receipts } from './receipts.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'
import type { SubmissionHooks } from './submissions.ts'

/** A clean room is a whole sandbox more: a class that submits at once must not need twice its memory. */
const CLEAN_ROOMS_AT_ONCE = 2

export interface AtSubmissionDeps {
  store: Store
  driver: SandboxDriver
  clock: Clock
  log: Log
  /** Golden images: the name that a student sees to the image's id. */
  images: ReadonlyMap<string, string>
  grader: Pick<Grader, 'answersOf'>
  checkpoints: Pick<Checkpoints, 'submitted'>
  receipts: Pick<Receipts, 'receiptFor'>
  removal: Pick<SandboxRemoval, 'reserve'>
}

/** What other parts do at a submission: clean rooms, a copy of the machine, and the receipt. */
export function atSubmission(deps: AtSubmissionDeps): Required<SubmissionHooks> {
  const { store, driver, clock, log, images, grader, checkpoints, receipts, removal } = deps
  const rooms = new Slots(CLEAN_ROOMS_AT_ONCE)
  return {
    cleanRoom: (live, lab, task, signal) =>
      rooms.run(signal, async () => {
        const answers = await grader.answersOf(live.record.id)
        const { sandbox, engine } = live
        const size = live.record.size ?? usualSize
        const id = newSandboxId()
        using _ = await removal.reserve(id)
        const student = { sandbox, engine }
        const request = { id, lab, task, student, answers, size, seed: live.record.seed, signal }
        const { graded } = await runCleanRoom({ driver, images, clock, log }, request)
        return graded
      }),

    async onSubmitted(live) {
      const kept = await store.checkpoints(live.record.id)
      if (!kept.some(({ kind, bytes }) => kind === 'submitted' && bytes !== null))
        await checkpoints.submitted(live)
    },

    receiptFor: (submission) => receipts.receiptFor(submission),
  }
}
