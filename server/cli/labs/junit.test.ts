import { expect, test } from 'vitest'
import type { MutantReport } from '../../../labs/mutants.ts'
import type { ClaimReport } from '../../services/proof-report.ts'
import { junit } from './junit.ts'

const claim: ClaimReport = {
  lab: 'boat',
  solution: 'plain',
  kind: 'good',
  task: 'all',
  expected: 'passed',
  ok: true,
  runs: 1,
  held: 1,
  observed: [{ what: 'passed', runs: 1 }],
  ms: [1500],
  detail: [],
}
const mutant: MutantReport = {
  lab: 'boat',
  task: 'stay',
  index: 0,
  check: 'field',
  mutants: 3,
  skipped: 0,
  survivors: [{ what: 'removed', noticedBy: [] }],
  level: 'error',
}

test('a lab is a suite and a claim a case, with its time', () => {
  expect(junit([claim])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="boat" tests="1" failures="0" errors="0" time="1.500">
<testcase classname="boat" name="good plain: passed on all" time="1.500"/>
</testsuite>
</testsuites>
`)
})

test('what is off is a failure, and so is a check that nobody guards', () => {
  const off = { ...claim, ok: false, held: 0, observed: [{ what: 'stay: not-running', runs: 1 }] }
  const xml = junit([off], [mutant])
  expect(xml).toContain('tests="2" failures="2"')
  expect(xml).toContain('message="expected passed, observed stay: not-running; held in 0 of 1"')
  expect(xml).toContain('name="mutants of stay, checks[0] field (3)"')
  expect(junit([claim], [{ ...mutant, level: 'warning' }])).toContain('failures="0"')
})

test('no text breaks out of the document, and no character that XML forbids gets in', () => {
  const detail = ['</failure><x a="1">&amp;', 'red \u001b[31m \u0000 \ufffe \ud800 end']
  const xml = junit([{ ...claim, ok: false, solution: '"><&', detail }])
  expect(xml).toContain('name="good &quot;&gt;&lt;&amp;: passed on all"')
  expect(xml).toContain(
    '&lt;/failure&gt;&lt;x a=&quot;1&quot;&gt;&amp;amp;&#10;red U+001B[31m U+0000 U+FFFE \ufffd end',
  )
  expect(xml.match(/<[a-z]+/gu)).toEqual(['<testsuites', '<testsuite', '<testcase', '<failure'])
})
