import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { DrydockError } from './errors.ts'

const optIn = 'i-trust-every-student-with-root'
const guarded = 'i-guard-who-reaches-it'
/** Up to a week, as in a lab file. */
const minutes = z.coerce
  .number()
  .min(1)
  .max(7 * 24 * 60)
const path = z.string().refine(isAbsolute, 'must be an absolute path')

/** One row per setting: its variable, shape, default and meaning. Everything else follows from this table. */
const settings = {
  host: row('DRYDOCK_HOST', z.string().min(1), '127.0.0.1', 'address the server listens on'),
  port: row(
    'DRYDOCK_PORT',
    z.coerce.number().int().min(0).max(65535),
    '4000',
    'port the server listens on; 0 takes a free one',
  ),
  published: row(
    'DRYDOCK_PUBLISHED',
    z.string().regex(/^(.+:\d{1,5})?$/, 'must be ADDRESS:PORT'),
    '',
    'ADDRESS:PORT by which a container engine or a proxy gives the server to others; empty where nothing does',
  ),
  url: row(
    'DRYDOCK_URL',
    z.string().refine(isOrigin, 'must be http:// or https:// with a name and nothing after it'),
    '',
    'what browsers open, such as https://labs.example.org; empty for the address above',
  ),
  allowRemote: row(
    'DRYDOCK_ALLOW_REMOTE',
    z.enum(['', guarded]).transform((value) => value === guarded),
    '',
    `"${guarded}" lets others than this machine reach the server, where each is the one local user`,
  ),
  dataDir: row('DRYDOCK_DATA_DIR', path, '/var/lib/drydock', 'database and recordings'),
  dockerSocket: row(
    'DRYDOCK_DOCKER',
    z.union([z.literal(''), path]),
    '',
    "socket of the host engine; empty for one of Drydock's own",
  ),
  engineWaitSeconds: row(
    'DRYDOCK_ENGINE_WAIT_SECONDS',
    z.coerce.number().int().min(0).max(3600),
    '0',
    'how long a start waits for the engine of DRYDOCK_DOCKER to answer',
  ),
  baseArchive: row(
    'DRYDOCK_BASE_ARCHIVE',
    z.union([z.literal(''), path]),
    '',
    'tar file of a Debian 13 to build the images on; empty to pull or make one',
  ),
  logLevel: row(
    'DRYDOCK_LOG_LEVEL',
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    'info',
    'least level that is logged',
  ),
  engineDir: row(
    'DRYDOCK_ENGINE_DIR',
    path,
    '/var/lib/drydock/engine',
    "images, settings and log of Drydock's own host engine",
  ),
  runDir: row('DRYDOCK_RUN_DIR', path, '/run/drydock', "socket and pid files of Drydock's own host engine"),
  hostDir: row(
    'DRYDOCK_HOST_DIR',
    path,
    '/var/lib/drydock/sandboxes',
    'disks and stores of the sandboxes, as the host engine sees them',
  ),
  installation: row(
    'DRYDOCK_INSTALLATION',
    z.string().regex(/^[a-z0-9-]{1,20}$/, 'must match [a-z0-9-]{1,20}'),
    'main',
    'tells the sandboxes of several installations on one engine apart',
  ),
  labsDir: row(
    'DRYDOCK_LABS_DIR',
    path,
    resolve(import.meta.dirname, '../labs'),
    'where the labs and the lab images are',
  ),
  labsDirs: row(
    'DRYDOCK_LABS_DIRS',
    z
      .string()
      .transform((text) => text.split(':').filter((each) => each !== ''))
      .pipe(z.array(path).max(20)),
    '',
    'more such folders, with a colon between them: courses with labs and images of their own',
  ),
  seats: row(
    'DRYDOCK_SEATS',
    z.coerce.number().int().min(0).max(10_000),
    '0',
    'most sandboxes of sessions at the same time, others wait in line; 0 for as many as there is memory for',
  ),
  poolFloor: row(
    'DRYDOCK_POOL_FLOOR',
    z.coerce.number().int().min(0).max(200),
    '1',
    'sandboxes kept ready for who comes next; not more than the ceiling',
  ),
  poolCeiling: row(
    'DRYDOCK_POOL_CEILING',
    z.coerce.number().int().min(0).max(200),
    '8',
    'most sandboxes kept ready, when as many were asked for in the last ten minutes; 0 starts none ahead',
  ),
  maxMemoryMb: row(
    'DRYDOCK_MAX_MEMORY_MB',
    z.coerce.number().int().min(256).max(1_000_000),
    '4096',
    'most memory that one sandbox gets, in MiB, whatever its lab asks for',
  ),
  maxDiskGb: row(
    'DRYDOCK_MAX_DISK_GB',
    z.coerce.number().int().min(1).max(10_000),
    '16',
    'largest disk that one sandbox gets, in GiB',
  ),
  maxPids: row(
    'DRYDOCK_MAX_PIDS',
    z.coerce.number().int().min(100).max(100_000),
    '2000',
    'most processes that one sandbox gets',
  ),
  maxCpus: row(
    'DRYDOCK_MAX_CPUS',
    z.coerce.number().min(0).max(1_000),
    '0',
    'most CPUs that one sandbox may keep busy, whatever its lab asks for; 0 for all. One whose lab asks for none has half of them',
  ),
  sessionMinutes: row(
    'DRYDOCK_SESSION_MINUTES',
    minutes,
    '240',
    'a session ends so long after it was ready, unless the student extends it',
  ),
  extensionMinutes: row('DRYDOCK_EXTENSION_MINUTES', minutes, '30', 'what one extension adds'),
  extensions: row(
    'DRYDOCK_EXTENSIONS',
    z.coerce.number().int().min(0).max(100),
    '3',
    'how often a student may extend a session',
  ),
  idleMinutes: row(
    'DRYDOCK_IDLE_MINUTES',
    minutes,
    '15',
    'a machine with nobody there and nothing going on stands still after this, until somebody comes',
  ),
  graceMinutes: row(
    'DRYDOCK_GRACE_MINUTES',
    z.coerce.number().int().min(0).max(10_000_000),
    '0',
    'so long after the end of a session its student may read what came of it; 0 for good',
  ),
  allowUnmapped: row(
    'DRYDOCK_ALLOW_UNMAPPED',
    z.enum(['', optIn]).transform((value) => value === optIn),
    '',
    `"${optIn}" lets Drydock use a host engine without user-namespace remapping`,
  ),
} as const

function row<S extends z.ZodType<unknown, unknown>>(
  variable: string,
  schema: S,
  fallback: string,
  meaning: string,
) {
  return { variable, schema, fallback, meaning }
}

/** An origin as browsers write it, or nothing. */
function isOrigin(text: string): boolean {
  return text === '' || (/^https?:/.test(text) && URL.parse(text)?.origin === text)
}

type Environment = Readonly<Record<string, string | undefined>>
type Name = keyof typeof settings
const names = Object.keys(settings) as Name[]

/** Paths are absolute; `dockerSocket` is empty when Drydock runs a host engine of its own. */
export type Config = { readonly [N in Name]: z.output<(typeof settings)[N]['schema']> }

/** The settings of this environment; an empty variable counts as not set. Throws `config-invalid` naming the first variable that is wrong. */
export function loadConfig(env: Environment = process.env): Config {
  const entries = names.map((name) => {
    const { variable, schema, fallback } = settings[name]
    const parsed = schema.safeParse(env[variable] || fallback)
    if (parsed.success) return [name, parsed.data]
    throw new DrydockError(
      'config-invalid',
      `${variable}: ${parsed.error.issues[0]?.message}, but it is "${env[variable]}"`,
    )
  })
  return Object.freeze(Object.fromEntries(entries) as Config)
}

/** The settings as lines of a table: variable, value, default, meaning. */
export function describeConfig(env: Environment = process.env): string[] {
  loadConfig(env)
  const rows = names.map((name) => {
    const { variable, fallback, meaning } = settings[name]
    return [variable, env[variable] || fallback, fallback, meaning].map((cell) => cell || '-')
  })
  const table = [['Name', 'Value', 'Default', 'Meaning'], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)))
  return table.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
}
