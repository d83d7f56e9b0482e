import { loadConfig } from '../config.ts'
import { regrade as judge, wouldChange } from '../services/regrade.ts'
import { storedTasks } from '../services/stored-tasks.ts'
import { readSqliteStore } from '../store/sql/open-sqlite.ts'
import type { Command } from './command.ts'
import { chosenLabs } from './labs/chosen-labs.ts'
import { Misuse } from './labs/usage.ts'

const usage = 'usage: regrade SLUG --preview [--json]'

/**
 * `regrade SLUG --preview`: judges the stored evidence of a lab by its checks of today and lists who would change and why.
 * Reads beside a running server and changes nothing. Exit code 2: called wrongly.
 */
export const regrade: Command = async ({ args, print }) => {
  const words = args.filter((word) => !word.startsWith('--'))
  const flags = args.filter((word) => word.startsWith('--'))
  const [slug] = words
  const known = flags.every((flag) => flag === '--preview' || flag === '--json')
  if (slug === undefined || words.length > 1 || !known || !flags.includes('--preview')) {
    console.error(usage)
    return 2
  }
  const [lab] = await chosenLabs([slug]).catch((error: unknown) => {
    if (!(error instanceof Misuse)) throw error
    console.error(`${error.message}\n${usage}`)
    return []
  })
  if (!lab) return 2
  const store = await readSqliteStore(loadConfig().dataDir)
  try {
    const rows = judge(lab, await storedTasks(store, lab))
    if (flags.includes('--json')) {
      print(JSON.stringify(rows, null, 2))
      return 0
    }
    const changed = rows.filter(wouldChange)
    const unknown = rows.filter(({ now }) => now === 'unknown')
    for (const { person, session, task, code, nowCode, why } of changed)
      print(`${person}  session ${session}  ${task}: ${code} -> ${nowCode}: ${why}`)
    for (const { person, session, task, code, why } of unknown)
      print(`${person}  session ${session}  ${task}: ${code} -> cannot be told: ${why}`)
    const same = rows.length - changed.length - unknown.length
    print(
      `${rows.length} judged tasks of ${slug}: ${same} stay, ${changed.length} would change, ${unknown.length} cannot be told. Nothing was changed.`,
    )
    return 0
  } finally {
    await store.close()
  }
}
