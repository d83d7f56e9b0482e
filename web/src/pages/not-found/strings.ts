export const strings = {
  title: 'Nothing here',
  why: 'No page has this address. Your sessions and verdicts are safe.',
  back: 'All labs',
}
