import { DrydockError } from '../../errors.ts'

/** Whether the host engine answered with one of these HTTP statuses. */
export function isStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof Error && 'statusCode' in error && statuses.includes(error.statusCode as number)
}

const NO_ANSWER = ['ECONNREFUSED', 'ENOENT', 'EACCES', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']

/** Whether the host engine did not answer at all. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NO_ANSWER.includes(error.code as string)
}

/** The same fault, as `engine-unreachable` when the host engine did not answer. */
export function nameFault(error: unknown): unknown {
  if (!isUnreachable(error)) return error
  return new DrydockError(
    'engine-unreachable',
    `The host engine does not answer: ${(error as Error).message}`,
    { cause: error },
  )
}
