import type { Session } from '../../../../server/contract/session.ts'
import { measured } from '../../ui/format.ts'

type Step = Session['steps'][number]['name']

export const levels = { start: 'Start', core: 'Core', deep: 'Deep' } as const

export const strings = {
  minutes: (n: number) => `${n} min`,
  tasks: (n: number) => (n === 1 ? '1 task' : `${n} tasks`),
  level: (level: keyof typeof levels) => `Level: ${levels[level]}`,
  goals: 'You will be able to',
  needs: 'Before this',
  youGet: 'You get',
  engine: 'A Docker engine of your own. Break it; nobody else notices.',
  here: (images: number) => (images === 1 ? 'One image, already there' : `${images} images, already there`),
  hintsCost: (share: number) => `Each hint you take costs ${Math.round(share * 100)}% of its task`,
  noInternet: 'No internet, and none needed',
  start: 'Start',
  cannot: 'This lab cannot be started now',
  cannotWhy:
    'Something in its files is wrong. It can be started again as soon as that is mended; this page then says so by itself.',
  starting: 'Starting',
  startFailed: 'The lab did not start',
  model: 'Hold on to this',
  more: 'Whole story',
  less: 'Less',
  title: 'Starting your machine',
  steps: {
    disk: { doing: 'Making your disk', done: 'Disk ready' },
    sandbox: { doing: 'Starting the sandbox', done: 'Sandbox started' },
    engine: { doing: 'Starting your Docker engine', done: 'Engine ready' },
    setup: { doing: 'Preparing the lab', done: 'Lab prepared' },
    resume: { doing: 'Starting what the lab runs', done: 'Lab running again' },
  } satisfies Record<Step, { doing: string; done: string }>,
  place: (place: number) => (place === 1 ? 'You are next' : `You are number ${place} in line`),
  startsIn: (ms: number) =>
    `Your machine starts in about ${measured(Math.max(1000, Math.ceil(ms / 1000) * 1000))}.`,
  full: 'All machines are in use. Yours starts as soon as somebody is done.',
  keepsPlace: 'You keep your place, also when you leave this page.',
  waiting: 'Waiting',
  terminalNext: 'The terminal opens when the engine is ready.',
  failedTitle: 'The session has failed',
  safe: 'Your verdicts are kept, and nothing of the sandbox was left behind.',
  again: 'Start again',
  back: 'All labs',
}

/** The order in which a session starts. */
export const stepOrder = ['disk', 'sandbox', 'engine', 'setup'] as const
