import { minutesOf } from '../../ui/format.ts'

export const strings = {
  left: (left: string) => `${left} left`,
  leftLabel: 'Time left in this session',
  over: 'The time is over. Your machine is being put away.',
  kept: 'Then your machine is put away. Verdicts are kept; only Submit gives a grade.',
  warn: { 5: 'Five minutes are left in this session.', 1: 'One minute is left in this session.' },
  add: (ms: number) => `Add ${minutesOf(ms)}`,
  more: (count: number) => (count === 1 ? 'once more' : `${count} times more`),
}
