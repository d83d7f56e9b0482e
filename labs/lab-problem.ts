/** One thing wrong in a lab. `line` and `column` count from 1; `field` is a path such as `tasks[1].checks[0].use`. */
export interface LabProblem {
  /** Relative to the labs folder. */
  file: string
  line?: number
  column?: number
  field?: string
  message: string
}

/** What an author should know about a lab that can be loaded. A `problem` has to be mended, a `warning` may be meant so. */
export interface Finding extends LabProblem {
  level: 'problem' | 'warning'
}

/** Where in a file: its keys and positions, from the outermost. */
export type Path = readonly PropertyKey[]

/** `file:line:column: field: message`, as editors follow it. */
export function showProblem({ file, line, column, field, message }: LabProblem): string {
  const place = [file, line, column].filter((each) => each !== undefined).join(':')
  return `${place}: ${field ? `${field}: ` : ''}${message}`
}
