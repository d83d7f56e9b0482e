import { z } from 'zod'
import { type Check, CheckFault } from './check.ts'
import { environment, toEnv } from './command.ts'
import { compare, comparison, describeComparison, needsOneComparison } from './comparison.ts'
import {
  cliImage,
  copyCodes,
  edits,
  fileBelow,
  folder,
  inCopy,
  judgeCopy,
  type Uncopied,
} from './folder-copy.ts'
import { show, valueAt } from './inspect.ts'
import { notYet, passed } from './outcome.ts'
import type { Evidence } from './verdict.ts'

const key = z.string().min(1).max(200)
const serviceName = z.string().regex(/^[a-zA-Z0-9._-]{1,100}$/, 'must be the name of a service')
const { same_as: _same, image: _image, ...ways } = comparison.shape

const expectation = z
  .strictObject({
    path: z
      .union([key, z.array(key).min(1).max(12)])
      .describe('Where in the model: services.web.environment.MODE, or a list of keys when one holds a dot'),
    ...ways,
  })
  .superRefine(needsOneComparison)

const params = z.strictObject({
  folder,
  files: z
    .array(fileBelow)
    .max(10)
    .default([])
    .describe('Compose files, as after -f; those that compose finds without'),
  env: environment.describe("Variables of the shell; the folder's .env counts as always"),
  profiles: z.array(serviceName).max(10).default([]).describe('Profiles that are on'),
  edits,
  expect: z.array(expectation).min(1).max(50).describe('What the model must say'),
  image: cliImage,
})
type Params = z.infer<typeof params>

interface Gathered {
  uncopied: Uncopied | null
  /** What compose says of files that are none; null when they are. */
  invalid: string | null
  /** For each expectation. */
  values: { found: boolean; value?: unknown }[]
}

/** More than the model of any lab; written in base64 it must fit into what is kept of a probe's output. */
const MAX_MODEL = 40_000

const MODEL = `
apply
mapfile -d '' -t flags < /drydock/flags
timeout 20 docker compose "\${flags[@]}" config --format json > /drydock/model 2> /drydock/log < /dev/null
say ended "$?" "$(stat -c %s /drydock/model)"
head -c ${MAX_MODEL} /drydock/model | base64 -w 1000 | sed "s/^/$mark model /"
tail -n 4 /drydock/log | cut -c1-300 | sed "s/^/$mark said /"
`

export const composeModel: Check<Params, Gathered> = {
  name: 'compose_model',
  about: 'What compose makes of the files of a folder: merged, interpolated, as it would be started.',
  example: {
    says: 'The service `web` of the folder is told its mode by `.env`, and no port of `db` is published.',
    with: {
      folder: '/home/student/shop',
      expect: [
        { path: 'services.web.environment.MODE', eq: 'dev' },
        { path: 'services.db.ports', empty: true },
      ],
    },
  },
  params,
  codes: {
    ...copyCodes,
    'compose-invalid': 'Compose does not accept the files.',
    'model-mismatch': 'Something in it is not as wanted.',
  },

  async gather(context, given) {
    const flags = [
      ...given.files.flatMap((file) => ['--file', file]),
      ...given.profiles.flatMap((profile) => ['--profile', profile]),
    ]
    const lines = await inCopy(context, {
      ...given,
      script: MODEL,
      mark: `drydock-check-${crypto.randomUUID()}`,
      engine: false,
      env: toEnv(given.env),
      files: [{ path: '/drydock/flags', content: flags.map((flag) => `${flag}\0`).join('') }],
      timeoutMs: 30_000,
    })
    const nothing = { uncopied: null, invalid: null, values: [] }
    if (!Array.isArray(lines)) return { ...nothing, uncopied: lines }
    const valuesOf = (name: string) =>
      lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
    const ended = /^(\d{1,3}) (\d{1,12})$/.exec(valuesOf('ended')[0] ?? '')
    if (!ended) throw new CheckFault('probe-failed', 'Compose did not say how it ended.')
    if (ended[1] !== '0') {
      const said = valuesOf('said').filter((line) => !line.includes('level=warning'))
      return { ...nothing, invalid: said.join(' ').slice(0, 500) || `exit code ${ended[1]}` }
    }
    if (Number(ended[2]) > MAX_MODEL) return { ...nothing, invalid: 'the model is too large' }
    const model = parse(valuesOf('model').join(''))
    return {
      ...nothing,
      values: given.expect.map(({ path }) => valueAt(model, toPath(path))),
    }
  },

  judge({ uncopied, invalid, values }, given) {
    if (uncopied !== null) return judgeCopy(uncopied, given.folder)
    const source = `docker compose config in a copy of ${given.folder}`
    if (invalid !== null) {
      const evidence = [{ expected: 'files that compose accepts', observed: invalid, source }]
      return notYet(
        'compose-invalid',
        `Compose does not accept the files in ${given.folder}: ${invalid}`,
        evidence,
      )
    }
    const evidence: Evidence[] = []
    for (const [i, wanted] of given.expect.entries()) {
      const value = values[i]?.found ? values[i].value : undefined
      const path = toPath(wanted.path).join('.')
      const each = {
        expected: describeComparison(wanted),
        observed: observedOf(value, wanted.keys),
        source: `${source} · ${path}`,
      }
      // Of what is not there only its absence can be wanted.
      const right =
        (values[i]?.found || wanted.empty || wanted.lacks !== undefined) && compare(value, wanted, undefined)
      if (!right)
        return notYet(
          'model-mismatch',
          `Compose reads ${path} as ${each.observed}; expected ${each.expected}.`,
          [each],
        )
      evidence.push(each)
    }
    return passed(`The files in ${given.folder} say what they should.`, evidence)
  },

  /** An expectation's path is what is kept of the model. */
  asks: ({ expect, ...asked }) => ({
    ...asked,
    paths: expect.map(({ path }) => toPath(path)),
  }),

  /** Files are edited without any event; containers that compose makes are the moment to look again. */
  affectedBy(event) {
    return event.type === 'container' && event.attributes['com.docker.compose.project'] !== undefined
  },
}

function observedOf(value: unknown, keys: string[] | undefined): string {
  return keys && typeof value === 'object' && value !== null
    ? Object.keys(value).join(', ') || 'no keys'
    : show(value)
}

function toPath(path: string | string[]): string[] {
  return typeof path === 'string' ? path.split('.') : path
}

function parse(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))
  } catch (cause) {
    throw new CheckFault('probe-failed', "Compose's model cannot be read.", { cause })
  }
}
