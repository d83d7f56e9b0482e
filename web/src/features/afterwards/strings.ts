export const strings = {
  shown: 'What was shown',
  all: 'All tasks are passed',
  allWhy: 'Read on below, look around as long as you like, then end the session.',
}
