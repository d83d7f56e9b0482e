import type { MutantReport } from '../../../labs/mutants.ts'
import type { ClaimReport } from '../../services/proof-report.ts'
import { showObserved } from '../../services/proof-report.ts'

/** One test suite a lab, one test case a claim, and one for each check whose mutants were judged. */
export function junit(claims: readonly ClaimReport[], mutants: readonly MutantReport[] = []): string {
  const labs = [...new Set([...claims, ...mutants].map(({ lab }) => lab))]
  const suites = labs.map((lab) => {
    const cases = [
      ...claims.filter((each) => each.lab === lab).map(claimCase),
      ...mutants.filter((each) => each.lab === lab).map(mutantCase),
    ]
    const failures = cases.filter(({ failed }) => failed).length
    const time = cases.reduce((sum, each) => sum + each.seconds, 0)
    return element(
      'testsuite',
      { name: lab, tests: cases.length, failures, errors: 0, time: time.toFixed(3) },
      ['', ...cases.map(({ xml }) => xml), ''],
    )
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, ['', ...suites, ''])}\n`
}

interface Case {
  xml: string
  failed: boolean
  seconds: number
}

function claimCase(claim: ClaimReport): Case {
  const { lab, kind, solution, task, expected, ok, runs, held, ms, detail } = claim
  const seconds = ms.reduce((sum, each) => sum + each, 0) / 1000
  const observed = showObserved(claim)
  const message = `expected ${expected}, observed ${observed}; held in ${held} of ${runs}`
  const inside = ok ? [] : [element('failure', { message, type: 'verdict' }, [escapeXml(detail.join('\n'))])]
  const name = `${kind === 'start' ? 'untouched start' : `${kind} ${solution}`}: ${expected} on ${task}`
  return {
    xml: element('testcase', { classname: lab, name, time: seconds.toFixed(3) }, inside),
    failed: !ok,
    seconds,
  }
}

function mutantCase({ lab, task, index, check, level, survivors, mutants }: MutantReport): Case {
  const failed = level === 'error'
  const lines = survivors.map(({ what }) => what).join('\n')
  const inside = failed
    ? [
        element('failure', { message: 'no bad solution guards this check', type: 'mutants' }, [
          escapeXml(lines),
        ]),
      ]
    : survivors.length > 0
      ? [element('system-out', {}, [escapeXml(`survived: ${lines}`)])]
      : []
  const name = `mutants of ${task}, checks[${index}] ${check} (${mutants})`
  return { xml: element('testcase', { classname: lab, name, time: '0.000' }, inside), failed, seconds: 0 }
}

function element(
  name: string,
  attributes: Record<string, string | number>,
  inside: readonly string[],
): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
  const open = `<${name}${given.join('')}`
  return inside.length === 0 ? `${open}/>` : `${open}>${inside.join(inside[0] === '' ? '\n' : '')}</${name}>`
}

/** Text as XML 1.0 allows it: what it does not allow at all is written out. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, (each) => {
      return `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    })
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;')
}
