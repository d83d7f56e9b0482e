export const strings = {
  passedOf: (passed: number, total: number) => `${passed} of ${total} tasks passed`,
  loading: 'Loading',
  again: 'Try again',
  code: 'Code',
}
