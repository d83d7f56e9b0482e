/** What every command gets. */
export interface CommandContext {
  /** The words after the command's name. */
  args: readonly string[]
  /** Fires when the person asks it to stop; the command then ends cleanly. */
  signal: AbortSignal
  /** Writes a line to standard output. */
  print(line: string): void
}

/** A command runs to its end and answers with the exit code. Errors are thrown, with a code from errors.ts. */
export type Command = (context: CommandContext) => Promise<number>
