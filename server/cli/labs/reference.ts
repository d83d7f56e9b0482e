import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checks } from '../../../checks/registry.ts'
import { checksReference } from '../../../labs/checks-reference.ts'
import type { Command } from '../command.ts'

/** What authors read of the checks. */
export const REFERENCE_FILE = resolve(import.meta.dirname, '../../../docs/checks.md')

/** `labs reference`: writes docs/checks.md anew. */
export const reference: Command = async ({ print }) => {
  await writeFile(REFERENCE_FILE, checksReference(checks))
  print(`wrote ${REFERENCE_FILE}`)
  return 0
}
