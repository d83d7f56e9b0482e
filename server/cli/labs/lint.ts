import { parseArgs } from 'node:util'
import { checks } from '../../../checks/registry.ts'
import { type Finding, showProblem } from '../../../labs/lab-problem.ts'
import { type LintDeps, lintLab } from '../../../labs/lint-lab.ts'
import { loadLabs } from '../../../labs/load-labs.ts'
import { loadConfig } from '../../config.ts'
import type { Command } from '../command.ts'
import { bashFindings } from './bash-syntax.ts'
import { imageProblems } from './image-problems.ts'
import { countOf } from './table.ts'
import { refuseUnknown } from './unknown-lab.ts'

const options = { json: { type: 'boolean' }, strict: { type: 'boolean' } } as const
/** What any lab needs, and what one needs whose grades count. */
const enough = { plain: { good: 1, bad: 1 }, strict: { good: 2, bad: 6 } }

/** `labs lint`: everything about labs that needs no sandbox. Exit code 1 when there is a problem; warnings alone are 0. */
export const lint: Command = async ({ args, print }) => {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const wanted = values.strict ? enough.strict : enough.plain
  const findings = await lintLabs(loadConfig(), positionals, wanted)
  const problems = findings.filter(({ level }) => level === 'problem').length
  if (values.json) print(JSON.stringify(findings, null, 2))
  else {
    for (const finding of findings)
      print(`${finding.level === 'warning' ? 'warning: ' : ''}${showProblem(finding)}`)
    print(`${countOf(problems, 'problem')}, ${countOf(findings.length - problems, 'warning')}`)
  }
  return problems > 0 ? 1 : 0
}

/** What there is to say about the labs of these slugs, all without, and about all images of courses. Throws Misuse for a slug that is none. */
export async function lintLabs(
  { labsDir, labsDirs = [] }: { labsDir: string; labsDirs?: readonly string[] },
  slugs: readonly string[],
  solutions: LintDeps['solutions'],
): Promise<Finding[]> {
  const library = await loadLabs(labsDir, checks, labsDirs)
  refuseUnknown(slugs, library)
  const { labs, invalid, files, images } = library
  const wanted = ({ slug }: { slug: string }) => slugs.length === 0 || slugs.includes(slug)
  const findings: Finding[] = [
    ...invalid.filter((each) => each.of === 'course' || wanted(each)).flatMap(({ problems }) => problems),
    ...(await imageProblems(labsDir, labsDirs)),
  ].map((problem) => ({ level: 'problem', ...problem }))
  for (const lab of labs.filter(wanted)) {
    const file = files.get(lab.slug)
    if (!file) continue
    findings.push(...lintLab(lab, file, { solutions, images }), ...(await bashFindings(lab)))
    const twin = labs.find(
      ({ slug, track, order }) => slug < lab.slug && track === lab.track && order === lab.order,
    )
    if (twin)
      findings.push({
        level: 'warning',
        ...file.problem(['order'], `${twin.slug} has this place in the track too`),
      })
  }
  return findings
}
