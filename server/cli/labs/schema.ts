import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checks } from '../../../checks/registry.ts'
import { labJsonSchema } from '../../../labs/lab-json-schema.ts'
import type { Command } from '../command.ts'

/** What editors read for the labs of this repository. */
export const SCHEMA_FILE = resolve(import.meta.dirname, '../../../labs/lab.schema.json')

/** `labs schema`: writes labs/lab.schema.json anew. */
export const schema: Command = async ({ print }) => {
  await writeFile(SCHEMA_FILE, schemaText())
  print(`wrote ${SCHEMA_FILE}`)
  return 0
}

export function schemaText(): string {
  return `${JSON.stringify(labJsonSchema(checks), null, 2)}\n`
}
