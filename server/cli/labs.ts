import type { Command } from './command.ts'
import { Misuse } from './labs/usage.ts'

const commands: Record<string, { usage: string; load: () => Promise<Command> }> = {
  new: {
    usage: 'labs new SLUG [--title TITLE] [--into FOLDER]',
    load: async () => (await import('./labs/new.ts')).createLab,
  },
  lint: {
    usage: 'labs lint [SLUG ...] [--strict] [--json]',
    load: async () => (await import('./labs/lint.ts')).lint,
  },
  test: {
    usage:
      'labs test [SLUG ...] [--only SOLUTION|TASK]... [--jobs N] [--repeat N] [--busy] [--mutants] [--format table|junit|json] [--out FILE]',
    load: async () => (await import('./labs/test.ts')).test,
  },
  dev: {
    usage: 'labs dev SLUG [--port N]',
    load: async () => (await import('./labs/dev.ts')).dev,
  },
  try: {
    usage: 'labs try SLUG --script FILE [--json]',
    load: async () => (await import('./labs/try.ts')).tryScript,
  },
  reference: {
    usage: 'labs reference',
    load: async () => (await import('./labs/reference.ts')).reference,
  },
  schema: {
    usage: 'labs schema',
    load: async () => (await import('./labs/schema.ts')).schema,
  },
}

/** All that an author does with labs, one file of labs/ a command. Exit code 2: called wrongly. */
export const labs: Command = async ({ args: [name = '', ...args], ...context }) => {
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  const help = Object.values(commands).map(({ usage }) => `  ${usage}`)
  if (!entry) {
    const missing = name === '' ? 'Name a command of labs:' : `There is no command "labs ${name}".`
    console.error([missing, ...help, 'docs/authoring.md explains them.'].join('\n'))
    return 2
  }
  try {
    const command = await entry.load()
    return await command({ args, ...context })
  } catch (error) {
    if (!(error instanceof Misuse) && !isArgsFault(error)) throw error
    console.error(`${error.message}\nusage: ${entry.usage}`)
    return 2
  }
}

function isArgsFault(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}
