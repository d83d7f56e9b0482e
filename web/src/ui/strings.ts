export const strings = {
  passedOf: (passed: number, total: number) => `${passed} of ${total} tasks passed`,
  loading: 'Loading',
  again: 'Try again',
  code: 'Code',
  unseen: 'An invisible character, shown as a mark',
  hidden: (n: number) => `and ${n.toLocaleString('en-GB')} more characters`,
}
