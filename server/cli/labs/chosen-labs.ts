import { checks } from '../../../checks/registry.ts'
import type { Lab } from '../../../labs/lab-schema.ts'
import { loadLabs } from '../../../labs/load-labs.ts'
import { loadConfig } from '../../config.ts'
import { DrydockError } from '../../errors.ts'

/** The labs of these slugs, all without. Throws `lab-unknown`, and `lab-invalid` when one of them is. */
export async function chosenLabs(slugs: readonly string[]): Promise<Lab[]> {
  const { labsDir, labsDirs } = loadConfig()
  const { labs, invalid } = await loadLabs(labsDir, checks, labsDirs)
  const faulty = invalid.find(({ slug }) => slugs.length === 0 || slugs.includes(slug))
  if (faulty) throw faulty
  const unknown = slugs.find((slug) => !labs.some((lab) => lab.slug === slug))
  if (unknown !== undefined) throw new DrydockError('lab-unknown', `There is no lab ${unknown}`)
  return slugs.length === 0 ? labs : labs.filter(({ slug }) => slugs.includes(slug))
}
