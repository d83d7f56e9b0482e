import { checks } from '../../../checks/registry.ts'
import { LabInvalid } from '../../../labs/lab-invalid.ts'
import type { Lab } from '../../../labs/lab-schema.ts'
import { loadLabs } from '../../../labs/load-labs.ts'
import { loadConfig } from '../../config.ts'
import { courseProblems, refuseUnknown } from './unknown-lab.ts'

/** The labs of these slugs, all without. Throws Misuse for a slug that is none, and `lab-invalid` when one of them is. */
export async function chosenLabs(slugs: readonly string[]): Promise<Lab[]> {
  const { labsDir, labsDirs } = loadConfig()
  const library = await loadLabs(labsDir, checks, labsDirs)
  refuseUnknown(slugs, library)
  const { labs, invalid } = library
  const faulty = invalid.find(({ slug, of }) => slugs.length === 0 || (of === 'lab' && slugs.includes(slug)))
  if (faulty?.of === 'lab')
    throw new LabInvalid(faulty.slug, [...courseProblems(invalid), ...faulty.problems])
  if (faulty) throw faulty
  return slugs.length === 0 ? labs : labs.filter(({ slug }) => slugs.includes(slug))
}
