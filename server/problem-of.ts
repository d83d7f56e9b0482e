import type { Problem } from './contract/problem.ts'
import { DrydockError, type ErrorCode, errorTable } from './errors.ts'

/** What a person or a client is told of a fault. Of one without a code of ours only that it happened: its words are for the log. */
export function problemOf(fault: unknown): Problem {
  const code: ErrorCode = fault instanceof DrydockError ? fault.code : 'internal'
  const { status, title, hint } = errorTable[code]
  const detail = fault instanceof DrydockError ? fault.message : title
  const tasks = fault instanceof DrydockError && fault.tasks ? { tasks: [...fault.tasks] } : {}
  return { type: `urn:drydock:problem:${code}`, title, status, detail, code, hint, ...tasks }
}
