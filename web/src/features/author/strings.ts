import type { BrokenTasks } from '../../../../server/contract/health.ts'

export const strings = {
  title: 'Author',
  broken: 'The lab cannot be read as it is now',
  brokenWhy: 'The session goes on by the last version that could. Save the file again once it is mended.',
  checks: 'Checks',
  ofTask: (n: number, title: string) => `${n} ${title}`,
  status: { passed: 'Passed', 'not-yet': 'Not yet', broken: 'Our fault', unchecked: 'Not judged' },
  unchecked: 'Not judged as it stands now.',
  passedFirst: 'Passed first at',
  params: 'Parameters',
  gathered: 'What was gathered',
  expected: 'Expected',
  observed: 'Observed',
  source: 'Seen in',
  nothing: '(nothing)',
  took: (ms: number) => `${ms.toLocaleString('en-GB')} ms`,
  noChecks: 'The lab has no checks.',
  couldNot: ({ tasks, byCode }: BrokenTasks) =>
    `Could not be judged ${tasks === 1 ? 'once' : `${tasks} times`}: ${Object.entries(byCode)
      .map(([code, count]) => `${code} ${count}`)
      .join(', ')}.`,
  journal: 'Journal',
  journalWhy: 'The latest rows, the newest first.',
  noRows: 'Nothing has happened yet.',
  by: { student: 'Student', check: 'Check', drydock: 'Drydock' },
  time: 'Time',
  who: 'Who',
  type: 'Type',
  action: 'Action',
  name: 'Name',
  attributes: 'Attributes',
}
