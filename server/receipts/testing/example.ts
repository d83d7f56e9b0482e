import type { ReceiptBody } from '../../contract/receipt.ts'

const at = '2026-11-25T10:00:00.000Z'
const hash = 'a'.repeat(64)

const verdict = (code: string): ReceiptBody['tasks'][number]['verdicts'][number] => ({
  check: 'object_exists',
  status: 'passed',
  code,
  message: 'There is a container `web`.',
  evidence: [{ expected: 'web', observed: 'web', source: 'container web' }],
  at,
  use: { use: 'object_exists', with: { ref: 'web' }, codes: {}, messages: {} },
  gathered: '{"found":true}',
  snapshots: null,
  events: [3, 4],
})

export const taskExample = (name: string): ReceiptBody['tasks'][number] => ({
  task: name,
  weight: 1,
  grading: 'latched',
  passed: true,
  points: 1,
  code: 'passed',
  passedAt: at,
  cleanRoom: false,
  hints: [{ code: 'any', index: 0, at }],
  verdicts: [verdict('passed'), verdict('passed')],
})

export const receiptBodyExample: ReceiptBody = {
  format: 'drydock-receipt-1',
  id: 'r1',
  installation: 'main',
  at,
  person: { id: 'ann', name: 'Ann Łukasz 語' },
  session: { id: 's1', createdAt: at, readyAt: at, submittedAt: at, seed: 'abc', sandbox: 'b1' },
  lab: { slug: 'oom', title: 'The kill nobody sent', contentHash: hash },
  checks: { library: hash, used: { object_exists: hash } },
  machine: { store: 'store-1', images: { 'busybox:1': `sha256:${hash}` } },
  grade: { points: 1.5, of: 2 },
  tasks: [taskExample('one'), taskExample('two')],
  answers: [{ task: 'one', field: 'why', value: '"quoted" \u202e', tries: 2, at }],
  tamper: null,
  journal: { rows: 9, last: 9, sha256: hash },
}
