import type { LinkState } from '../../api/session-link.ts'

export const strings = {
  home: 'Drydock, all labs',
  name: 'Drydock',
  main: 'Where you are',
  labs: 'Labs',
  scheme: { light: 'Switch to dark', dark: 'Switch to light' },
  passed: (passed: number, total: number) => `${passed} of ${total} tasks passed`,
  count: (passed: number, total: number) => `${passed} of ${total}`,
  link: {
    connecting: 'Connecting',
    connected: 'Connected',
    reconnecting: 'Reconnecting',
  } satisfies Record<LinkState, string>,
  submit: 'Submit',
  submitting: 'Being graded',
  checkpoints: 'Checkpoints',
  keys: 'Show keys',
  more: 'More',
  end: 'End',
  ending: 'Ending',
  endTitle: 'End without a grade?',
  endWhy:
    'Your machine, its containers and its files will be gone for good. Verdicts and evidence are kept, and you can start the lab anew at once on a fresh machine. Only Submit gives a grade.',
  keep: 'Keep working',
  anew: 'Start anew',
  endNow: 'End session',
  close: 'Close',
}
