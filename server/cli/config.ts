import { describeConfig } from '../config.ts'
import type { Command } from './command.ts'

/** Prints every setting with its value, default and meaning. */
export const config: Command = async ({ print }) => {
  for (const line of describeConfig()) print(line.trimEnd())
  return 0
}
