export const strings = {
  ended: 'Ended',
  failed: 'Failed',
  results: (passed: number, total: number) => `${passed} of ${total} tasks passed`,
  kept: 'Your verdicts and their evidence are kept. The sandbox and all it owned are gone.',
  shown: 'What was shown',
  later: 'What this lab shows in the end opens when all tasks are passed.',
  all: 'All tasks are passed',
  allWhy: 'Read on below, look around as long as you like, then end the session.',
}
