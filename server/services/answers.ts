import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import { Budget } from '../engine/budget.ts'
import { DrydockError } from '../errors.ts'
import type { AnswerRecord, SessionRecord, Store } from '../store/store.ts'

/** Answers of one session: so many at once, and so many a second after that. Guessing in a loop is no way to pass. */
const RATE = { burst: 10, perSecond: 0.5 }
/** As in the guest's `answer` command. */
const MAX_VALUE_BYTES = 500

export interface AnswersDeps {
  store: Pick<Store, 'giveAnswer'>
  clock: Clock
  /** An answer was kept. */
  answered: (session: string, task: string) => void
}

/** Takes a student's answers, whichever way they come. They are compared when the task is checked. */
export class Answers {
  readonly #deps: AnswersDeps
  readonly #rates = new Map<string, Budget>()

  constructor(deps: AnswersDeps) {
    this.#deps = deps
  }

  /** Keeps the answer and counts the try. Throws `task-unknown`, `answer-field-unknown`, `answer-too-long`, `request-invalid` for what is none of the choices, `answers-too-fast`. */
  async give(
    session: Pick<SessionRecord, 'id'>,
    lab: Lab,
    given: { task: string; field: string; value: string },
  ): Promise<AnswerRecord> {
    const task = lab.tasks.find(({ id }) => id === given.task)
    if (!task) throw new DrydockError('task-unknown')
    const value = accept(task, given.field, given.value)
    const { store, clock, answered } = this.#deps
    const rate = this.#rates.get(session.id) ?? new Budget(RATE)
    this.#rates.set(session.id, rate)
    if (!rate.take(clock.now())) throw new DrydockError('answers-too-fast')
    const answer = await store.giveAnswer(session.id, {
      task: task.id,
      field: given.field,
      value,
      at: clock.now(),
    })
    answered(session.id, task.id)
    return answer
  }

  /** Forgets how fast the session answered. */
  left(session: string): void {
    this.#rates.delete(session)
  }

  /** The same from a terminal, where the field alone names the task; answers with what the terminal shows. */
  async giveInTerminal(
    session: Pick<SessionRecord, 'id'>,
    lab: Lab,
    field: string,
    value: string,
  ): Promise<{ ok: boolean; text: string }> {
    const task = lab.tasks.find(({ answers }) => answers.some(({ name }) => name === field))
    try {
      if (!task) throw new DrydockError('answer-field-unknown', fieldsOf(lab))
      const { tries } = await this.give(session, lab, { task: task.id, field, value })
      const again = tries === 1 ? '' : ` (try ${tries})`
      return {
        ok: true,
        text: `Taken${again}: ${field} = ${value.trim()}. The task shows what it is worth, at once or when you press Check.`,
      }
    } catch (error) {
      if (!(error instanceof DrydockError) || error.code === 'store-failed') throw error
      return { ok: false, text: error.message }
    }
  }
}

function accept(task: LabTask, field: string, value: string): string {
  const asked = task.answers.find(({ name }) => name === field)
  if (!asked) throw new DrydockError('answer-field-unknown')
  const trimmed = value.trim()
  if (trimmed === '') throw new DrydockError('request-invalid', 'The answer is empty.')
  if (Buffer.byteLength(trimmed) > MAX_VALUE_BYTES) throw new DrydockError('answer-too-long')
  const choices = asked.options?.map((option) => option.value)
  if (choices && !choices.includes(trimmed)) {
    throw new DrydockError('request-invalid', `${field} is one of: ${choices.join(', ')}.`)
  }
  return trimmed
}

function fieldsOf(lab: Lab): string {
  const fields = lab.tasks.flatMap(({ answers }) => answers.map(({ name }) => name))
  if (fields.length === 0) return 'This lab asks for no answer.'
  return `There is no such field. This lab asks for: ${fields.join(', ')}.`
}
