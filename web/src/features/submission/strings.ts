const list = new Intl.ListFormat('en-GB')
const tasks = (ns: readonly number[]) =>
  `${ns.length === 1 ? 'Task' : 'Tasks'} ${list.format(ns.map(String))} ${ns.length === 1 ? 'is' : 'are'}`

export const strings = {
  submit: 'Submit',
  submitting: 'Being graded',
  title: 'Submit for your grade?',
  now: (passed: number, total: number) => `${passed} of ${total} tasks count as passed now.`,
  mustHold: (ns: readonly number[]) => `${tasks(ns)} judged again, on your machine as it is now.`,
  cleanRoom: (ns: readonly number[]) =>
    `${tasks(ns)} rebuilt from your work on a fresh machine and judged there.`,
  hints: (taken: number, share: number) =>
    taken === 1
      ? `One hint was taken; it takes ${Math.round(share * 100)}% off its task.`
      : `${taken} hints were taken; each takes ${Math.round(share * 100)}% off its task.`,
  final: 'Then the session ends and the grade is final: terminals close, containers and files are gone.',
  again: 'You can start the lab again; each time is graded for itself.',
  keep: 'Keep working',
  close: 'Close',
  gradingTitle: 'Your work is being graded',
  grading: 'This goes on, also when you close this or leave the page.',
  notGradedTitle: 'Not graded yet',
  brokenTasks: 'Could not be judged',
  broken: 'Our fault',
  tryFirst: 'Try again first: what kept us from judging usually passes within a minute.',
  anyway: 'Submit anyway',
  anywayWhy: (count: number) =>
    `${count === 1 ? 'If you submit anyway, this task gives' : 'If you submit anyway, these tasks give'} no points now and ${count === 1 ? 'is' : 'are'} marked for a person to judge. All else is graded as usual, and the session ends.`,
  task: (n: number, title: string) => `Task ${n}: ${title}`,
  grade: 'Your grade',
  points: (got: string, of: string) => `${got} of ${of} points`,
  unjudged: (count: number) =>
    `${count === 1 ? 'One task' : `${count} tasks`} could not be judged: no points now, marked for a person to judge.`,
  tampered:
    'The machine was not as at its start when it was submitted. The grade counts; a person may look at it.',
  submitted: 'Submitted',
  receipt: 'Download receipt',
  receiptSoon: 'The receipt is being made',
  receiptWhy:
    'The receipt holds your verdicts and their evidence, signed. `npm run drydock -- receipt verify FILE` checks it without this server.',
  none: 'It was not submitted, so it has no grade.',
}
