/** Every error a person or a client can meet: its HTTP status, its title and what to do next. */
export const errorTable = {
  'lab-unknown': {
    status: 404,
    title: 'No such lab',
    hint: 'Open the catalogue and pick one of the labs listed there.',
  },
  'lab-invalid': {
    status: 500,
    title: 'A lab file is not valid',
    hint: 'Mend the file at the line named and start again.',
  },
  'session-unknown': {
    status: 404,
    title: 'No such session',
    hint: 'It may have ended. Start the lab again from the catalogue.',
  },
  'session-not-ready': {
    status: 409,
    title: 'The session is not ready',
    hint: 'Wait until the lab is prepared, then try again.',
  },
  'session-over': {
    status: 409,
    title: 'The session has ended',
    hint: 'Start the lab again to go on; your verdicts are kept.',
  },
  'results-closed': {
    status: 410,
    title: 'The results are closed',
    hint: 'The time in which they could be read is over. They are kept: ask whoever runs the lab.',
  },
  'session-submitted': {
    status: 409,
    title: 'The session was submitted',
    hint: 'Its grade stands. Start the lab again to practise.',
  },
  'extension-none': {
    status: 409,
    title: 'The session cannot be extended any more',
    hint: 'Submit what you have before its time is over.',
  },
  'submission-broken': {
    status: 503,
    title: 'The session could not be submitted',
    hint: 'This is not your fault and costs nothing. Try again; what stays so can be submitted anyway, for a person to judge.',
  },
  'hint-none': {
    status: 409,
    title: 'There is no further hint',
    hint: 'Press Check: what the task shows then may have hints of its own.',
  },
  'answers-too-fast': {
    status: 429,
    title: 'Too many answers at once',
    hint: 'Wait a few seconds, look again at what your machine shows, then answer.',
  },
  'images-not-ready': {
    status: 503,
    title: 'The images of this lab are still being made',
    hint: 'Try again in a minute. Other labs can be started meanwhile.',
  },
  'session-limit': {
    status: 409,
    title: 'Too many open sessions',
    hint: 'End one of your open sessions first.',
  },
  'task-unknown': {
    status: 404,
    title: 'No such task in this lab',
    hint: 'Use one of the task ids that the lab lists.',
  },
  'checkpoint-unknown': {
    status: 404,
    title: 'No such checkpoint',
    hint: 'It may have made room for a newer one. Pick one of those that the session lists.',
  },
  'checkpoint-limit': {
    status: 409,
    title: 'There is no room for another checkpoint',
    hint: 'Remove one of the checkpoints that you took by hand, or make the machine smaller, then try again.',
  },
  'reset-failed': {
    status: 503,
    title: 'The machine could not be set back',
    hint: 'It is as it was before. Try again; if it stays, tell who runs this machine.',
  },
  'answer-field-unknown': {
    status: 404,
    title: 'No such answer field',
    hint: 'Use one of the fields that the task names.',
  },
  'answer-too-long': {
    status: 422,
    title: 'The answer is too long',
    hint: 'Answers have at most 500 characters.',
  },
  'terminal-unknown': {
    status: 404,
    title: 'No such terminal',
    hint: 'Open a new terminal in this session.',
  },
  'terminal-message-invalid': {
    status: 400,
    title: 'The terminal message is not valid',
    hint: 'Reload the page; if it stays, report it.',
  },
  'terminal-busy': {
    status: 409,
    title: 'The shell does not read what you type',
    hint: 'Wait until the program that runs there reads its input, or stop it with Ctrl+C.',
  },
  'terminal-limit': {
    status: 409,
    title: 'Too many terminals',
    hint: 'Close one of the open terminals first.',
  },
  'request-invalid': {
    status: 400,
    title: 'The request is not valid',
    hint: 'Mend the fields named and send it again.',
  },
  'route-unknown': { status: 404, title: 'Nothing here', hint: 'See /api/openapi.json for what there is.' },
  'payload-too-large': { status: 413, title: 'The message is too large', hint: 'Send less at once.' },
  'origin-refused': {
    status: 403,
    title: 'Wrong origin',
    hint: 'Open Drydock at the address that it printed at start.',
  },
  'host-refused': {
    status: 421,
    title: 'Wrong host name',
    hint: 'Open Drydock at the address that it printed at start.',
  },
  'engine-unreachable': {
    status: 503,
    title: 'The host engine does not answer',
    hint: 'Try again in a minute; files are kept. If it stays, who runs this machine starts it: `npm start`, or `docker compose up -d`.',
  },
  'engine-unsafe': {
    status: 503,
    title: 'The host engine does not remap user namespaces',
    hint: 'Use an engine started with --userns-remap, or set DRYDOCK_ALLOW_UNMAPPED=i-trust-every-student-with-root.',
  },
  'student-engine-down': {
    status: 503,
    title: 'The Docker engine in your sandbox does not answer',
    hint: 'It is started again by itself; wait a few seconds and try again.',
  },
  'student-engine-answer': {
    status: 502,
    title: 'The Docker engine in your sandbox gave an answer that makes no sense',
    hint: 'Try again; if it stays, start the lab anew.',
  },
  'sandbox-failed': {
    status: 503,
    title: 'The sandbox did not start',
    hint: 'Nothing was left behind. Try again; if it stays, tell who runs this machine.',
  },
  'sandbox-gone': {
    status: 410,
    title: 'The sandbox is gone',
    hint: 'Start the lab again; your verdicts are kept.',
  },
  'sandbox-hoarding': {
    status: 409,
    title: 'The sandbox was ended',
    hint: 'Start the lab again, without what made so many; your verdicts are kept.',
  },
  'setup-failed': {
    status: 500,
    title: 'The lab could not be prepared',
    hint: 'This is not your fault. Start the lab again; if it stays, tell who runs this machine.',
  },
  'disk-full': {
    status: 507,
    title: 'The machine has no room for another sandbox',
    hint: 'End sessions that are no longer needed, or ask who runs this machine to free disk space.',
  },
  'host-not-ready': {
    status: 500,
    title: 'This machine is not ready',
    hint: 'Do what the message says, then run the command again.',
  },
  'host-command-failed': {
    status: 500,
    title: 'A command on this machine failed',
    hint: 'The end of its output is above. Mend the cause and run the command again; what is done stays done.',
  },
  'image-build-failed': {
    status: 500,
    title: 'An image could not be built',
    hint: 'The end of the build log is above. Mend the cause and run the command again; what is built stays built.',
  },
  'port-in-use': {
    status: 500,
    title: 'The port is in use',
    hint: 'End the other program or set DRYDOCK_PORT to a free port.',
  },
  'bind-refused': {
    status: 500,
    title: 'Others than this machine could reach the server',
    hint: 'Listen or publish on 127.0.0.1. Behind a proxy that asks who comes, set DRYDOCK_URL to what browsers open and DRYDOCK_ALLOW_REMOTE=i-guard-who-reaches-it.',
  },
  'config-invalid': {
    status: 500,
    title: 'A setting is not valid',
    hint: 'Mend the variable named; `npm run drydock -- config` lists them all.',
  },
  'data-dir-in-use': {
    status: 500,
    title: 'Another Drydock uses this data directory',
    hint: 'End the other server, or set DRYDOCK_DATA_DIR to a directory of its own.',
  },
  'sandboxes-outdated': {
    status: 500,
    title: 'Open sessions have sandboxes of an earlier Drydock',
    hint: 'Start that version again until they have ended, or end them now with `npm run drydock -- down`; verdicts are kept.',
  },
  'installation-in-use': {
    status: 500,
    title: 'Another Drydock of this name runs here',
    hint: 'End the other server, or set DRYDOCK_INSTALLATION to a name of its own.',
  },
  'store-failed': {
    status: 500,
    title: 'The database did not take the change',
    hint: 'Check that there is room on the disk of DRYDOCK_DATA_DIR. Nothing stored before is lost.',
  },
  'signing-key-invalid': {
    status: 500,
    title: 'The key that signs receipts cannot be used',
    hint: 'Put the file back from a backup. Without one, move it away: a new key is made, and older receipts name the old one.',
  },
  'file-unreadable': {
    status: 500,
    title: 'A file cannot be read',
    hint: 'Look whether the path is right and the file is what the command expects.',
  },
  'machine-unknown': {
    status: 404,
    title: 'No machine is kept for this session',
    hint: '`npm run drydock -- machine list` names those that are kept.',
  },
  'receipt-unknown': {
    status: 404,
    title: 'There is no receipt yet',
    hint: 'A session has one as soon as it was submitted.',
  },
  forbidden: { status: 403, title: 'Not yours', hint: 'Ask the person whose session this is.' },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    hint: 'Try again. What is stored is safe; the log says more.',
  },
} as const satisfies Record<string, { status: number; title: string; hint: string }>

export type ErrorCode = keyof typeof errorTable

/** A task that could not be judged: the code and sentence of its verdict, and whether trying again is worth it. */
export interface UnjudgedTask {
  task: string
  code: string
  message: string
  passes: boolean
}

/** A fault with a code of the table. `detail` is one sentence for the person it happens to; `tasks` are those of `submission-broken`. */
export class DrydockError extends Error {
  readonly code: ErrorCode
  readonly tasks: readonly UnjudgedTask[] | undefined
  constructor(
    code: ErrorCode,
    detail?: string,
    options?: ErrorOptions & { tasks?: readonly UnjudgedTask[] },
  ) {
    super(detail ?? errorTable[code].title, options)
    this.name = 'DrydockError'
    this.code = code
    this.tasks = options?.tasks
  }
}
