import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import { canonicalJson } from '../receipts/canonical-json.ts'
import type { CheckVersions } from '../receipts/check-versions.ts'
import { seal } from '../receipts/seal.ts'
import type { SigningKey } from '../receipts/signing-key.ts'
import type { SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { Store, SubmissionRecord, UserRecord } from '../store/store.ts'
import type { Access } from './access.ts'
import type { Catalogue } from './catalogue.ts'
import { receiptBody } from './receipt-body.ts'

export interface ReceiptsDeps {
  store: Store
  access: Access
  catalogue: Pick<Catalogue, 'begun'>
  driver: Pick<SandboxDriver, 'get'>
  clock: Clock
  key: SigningKey
  versions: CheckVersions
  installation: string
  /** Golden images: the name that a student sees to the image's id. */
  images: ReadonlyMap<string, string>
}

/** Makes the receipt of a grade and hands it out. */
export class Receipts {
  readonly #deps: ReceiptsDeps

  constructor(deps: ReceiptsDeps) {
    this.#deps = deps
  }

  /** Seals what the submission rests on and keeps it; answers with the receipt's id, with that of the first when called again. */
  async receiptFor(submission: SubmissionRecord): Promise<string> {
    const { store } = this.#deps
    const known = await store.receipt(submission.session)
    return (known ?? (await store.addReceipt(await this.#make(submission)))).id
  }

  /** The receipt of the user's session as it was sealed: canonical JSON. Throws `session-unknown`, `receipt-unknown`. */
  async of(user: UserRecord, id: string): Promise<string> {
    const { access, store } = this.#deps
    await access.session(user, id)
    const known = await store.receipt(id)
    if (!known) throw new DrydockError('receipt-unknown')
    return known.text
  }

  async #make(submission: SubmissionRecord) {
    const { store, catalogue, driver, clock, key, ...parts } = this.#deps
    const id = submission.session
    const session = await store.session(id)
    const user = session && (await store.user(session.owner))
    if (!session || !user) throw new DrydockError('session-unknown')
    const lab = catalogue.begun(session.lab)
    const [states, behind, hints, answers, journal, sandbox] = await Promise.all([
      store.tasks(id),
      store.verdictsBehind(id),
      store.hints(id),
      store.answers(id),
      store.journal(id),
      driver.get(session.sandbox),
    ])
    const tasks = submission.tasks.flatMap((graded) => {
      const task = lab.tasks.find((each) => each.id === graded.task)
      if (!task) return []
      const settled = task.grading === 'latched' && graded.passed && !graded.cleanRoom
      const verdicts = settled ? behind.firstPass : behind.latest
      return {
        ...graded,
        task,
        passedAt: states.find((state) => state.task === task.id)?.passedAt ?? null,
        hints: hints
          .filter((hint) => hint.task === task.id)
          .map(({ ladder, index, at }) => ({ code: ladder, index, at })),
        verdicts: verdicts.filter(({ verdict }) => verdict.task === task.id),
      }
    })
    const at = clock.now()
    const receiptId = randomBytes(12).toString('hex')
    const body = receiptBody({
      ...parts,
      images: session.images ? new Map(Object.entries(session.images)) : parts.images,
      id: receiptId,
      at,
      submittedAt: submission.at,
      user,
      session,
      lab: { ...lab, contentHash: submission.labHash },
      store: (await sandbox?.store()) ?? null,
      grade: { points: submission.points, of: submission.of },
      tasks,
      answers,
      tamper: submission.tamper,
      journal,
    })
    return { id: receiptId, session: id, at, text: canonicalJson(seal(body, key)) }
  }
}
