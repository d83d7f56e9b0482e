import { DrydockError, errorTable } from '../errors.ts'
import type { Command } from './command.ts'

const commands: Record<string, { usage: string; about: string; load: () => Promise<Command> }> = {
  up: {
    usage: 'up',
    about: 'makes this machine ready and runs Drydock until Ctrl-C',
    load: async () => (await import('./up.ts')).up,
  },
  serve: {
    usage: 'serve',
    about: 'as up, without building the web client',
    load: async () => (await import('./up.ts')).serve,
  },
  down: {
    usage: 'down [--engine]',
    about: "ends this installation's sandboxes; with --engine Drydock's own host engine too",
    load: async () => (await import('./down.ts')).down,
  },
  doctor: {
    usage: 'doctor [--json]',
    about: 'says what this machine has of all that Drydock needs, and how to mend what is missing',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  'base-image': {
    usage: 'base-image [--socket PATH]',
    about: 'makes the image on which docker compose builds Drydock, where no image registry answers',
    load: async () => (await import('./base-image.ts')).baseImage,
  },
  config: {
    usage: 'config',
    about: 'lists all settings: value, default, meaning',
    load: async () => (await import('./config.ts')).config,
  },
  labs: {
    usage: 'labs new | lint | test | dev | try | schema',
    about: 'all that an author does with labs; docs/authoring.md',
    load: async () => (await import('./labs.ts')).labs,
  },
  receipt: {
    usage: 'receipt verify FILE [--key PUBLIC.pem] | receipt key',
    about: 'checks offline whether a receipt is as it was written, and names what is not',
    load: async () => (await import('./receipt.ts')).receipt,
  },
  machine: {
    usage: 'machine list [--json] | machine open SESSION [--command COMMAND]',
    about: 'opens a copy of a machine as it was submitted, in a shell or for one command',
    load: async () => (await import('./machine.ts')).machine,
  },
  regrade: {
    usage: 'regrade SLUG --preview [--json]',
    about: 'judges stored evidence by the checks of today and lists who would change; changes nothing',
    load: async () => (await import('./regrade.ts')).regrade,
  },
  bench: {
    usage: 'bench NAME [--json]',
    about: 'measures, beside a floor or a peer of the same run',
    load: async () => (await import('./bench.ts')).bench,
  },
  test: {
    usage: 'test [vitest arguments]',
    about: 'runs all tests, beside a Drydock in use',
    load: async () => (await import('./test.ts')).test,
  },
  chaos: {
    usage: 'chaos [--rounds N] [--seed S]',
    about: 'kills the server at random moments and looks what is lost or left behind',
    load: async () => (await import('./test.ts')).chaos,
  },
  dev: {
    usage: 'dev',
    about: 'runs the server and the web client, and again when a file changes',
    load: async () => (await import('./dev.ts')).dev,
  },
}

const [name = '', ...args] = process.argv.slice(2)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
if (entry) {
  const command = await entry.load()
  process.exitCode = await command({ args, signal: stopping.signal, print: console.log }).catch(explain)
} else {
  const asked = name === '' || name === 'help' || name === '--help'
  const help = Object.values(commands).map(({ usage, about }) => `  ${usage}\n      ${about}`)
  const text = [`usage: npm run drydock -- COMMAND`, '', ...help].join('\n')
  if (asked) console.log(text)
  else console.error(`There is no command "${name}".\n${text}`)
  process.exitCode = asked ? 0 : 2
}

function explain(error: unknown): number {
  if (stopping.signal.aborted) {
    console.error('Stopped.')
    return 130
  }
  if (error instanceof DrydockError)
    console.error(`\n${error.message}\n${errorTable[error.code].hint} [${error.code}]`)
  else console.error(error)
  return 1
}
