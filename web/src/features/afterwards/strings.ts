export const strings = {
  shown: 'What was shown',
  all: 'All tasks are passed',
  allWhy:
    'Read on below and look around as long as you like. Submit when you are done: that ends the session with a grade.',
  submit: 'Submit for a grade',
}
