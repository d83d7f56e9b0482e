export const strings = {
  title: 'Evidence',
  empty: 'Nothing is checked yet. Press Check in a task: what was expected and what was seen appears here.',
  time: 'Time',
  verdict: 'Verdict',
  task: 'Task',
  expected: 'Expected',
  observed: 'Observed',
  source: 'Seen in',
  passed: 'Passed',
  notYet: 'Not yet',
  broken: 'Our fault',
  nothing: '(nothing)',
}
