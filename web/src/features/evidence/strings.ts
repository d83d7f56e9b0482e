const list = new Intl.ListFormat('en-GB')

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
  tampered: 'System files of this machine differ from its start; a person may look at it.',
  tasks: (ns: readonly number[]) => `${ns.length === 1 ? 'Task' : 'Tasks'} ${list.format(ns.map(String))}`,
  nothing: '(nothing)',
}
