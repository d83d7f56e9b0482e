/**
 * Stands before the path of a program that a check runs in a container of the student's. The path stays the same, and the
 * engine's event of that exec names it: so it is told apart from the student's own, also after a restart of the server.
 */
const MARK = '/.//.//.'

/** The program's path, to be recognised in events; `path` is absolute. */
export function markProgram(path: string): string {
  return `${MARK}${path}`
}

/** Whether the action (`exec_create: ...`, `exec_start: ...`) is that of a check. */
export function isMarkedExec(action: string): boolean {
  return action.startsWith('exec_') && action.slice(action.indexOf(' ') + 1).startsWith(`${MARK}/`)
}
