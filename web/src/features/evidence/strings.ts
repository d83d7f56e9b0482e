export const strings = {
  title: 'Evidence',
  empty: 'Nothing is checked yet. What was expected and what was seen appears here.',
  time: 'Time',
  verdict: 'Verdict',
  task: 'Task',
  expected: 'Expected',
  observed: 'Observed',
  source: 'Seen in',
  passed: 'Passed',
  notYet: 'Not yet',
  broken: 'Our fault',
  tampered: (n: number) =>
    `Task ${n}: when this was judged, the machine was not as at its start. The verdict counts; a person may look at it.`,
  ofTask: (n: number) => `Task ${n}`,
  nothing: '(nothing)',
}
