import { z } from 'zod'
import type { Check } from './check.ts'
import { broken, notYet, passed } from './outcome.ts'
import type { Evidence, Outcome } from './verdict.ts'

const MAX_SCRIPT = 16 * 1024
const MAX_OUTPUT = 16 * 1024
const NOT_YET = 1
const KILLED = 137
/** Longer than the sandbox takes to end it by itself. */
const LATE_MS = 3_000

const code = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lowercase words joined by hyphens')

const params = z.strictObject({
  script: z
    .string()
    .min(1)
    .max(MAX_SCRIPT)
    .describe('Text for bash; it is read whole before it begins, and its standard input is empty'),
  user: z.enum(['student', 'root']).default('student').describe('Who runs it in the sandbox'),
  answers: z
    .enum(['exit-code', 'json'])
    .default('exit-code')
    .describe(
      'exit-code: 0 is passed, 1 is not yet, all else is broken. json: exit code 0 and one line such as {"status": "not-yet", "code": "no-backup", "message": "There is no backup.", "evidence": [{"expected": "a file", "observed": "none", "source": "/srv"}]}, and nothing else on standard output',
    ),
  codes: z
    .record(code, z.string().min(1).max(400))
    .refine((given) => Object.keys(given).length <= 20 && !('passed' in given), 'at most 20, without passed')
    .default({})
    .describe('The codes that a json answer may give when it is not yet so, each with its meaning'),
  timeout_ms: z.int().min(100).max(30_000).default(10_000).describe('How long it may run'),
  on: z
    .array(z.enum(['container', 'image', 'network', 'volume']))
    .max(4)
    .default([])
    .describe(
      'It runs by itself after events of these kinds; without, when the task is checked. A script that makes such events would run for ever',
    ),
})
type Params = z.infer<typeof params>

interface Gathered {
  exitCode: number
  stdout: string
  /** Its end. */
  stderr: string
}

const text = z.string().max(600)
const evidence = z.array(z.strictObject({ expected: text, observed: text, source: text })).max(10)
const said = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('passed'),
    code: z.literal('passed').optional(),
    message: text,
    evidence: evidence.default([]),
  }),
  z.strictObject({
    status: z.literal('not-yet'),
    code,
    message: text.min(1),
    evidence: evidence.default([]),
  }),
  z.strictObject({
    status: z.literal('broken'),
    code: code.optional(),
    message: text,
    evidence: evidence.default([]),
  }),
])

/** Nothing of the student's decides where bash looks for programs. */
const ENV = {
  HOME: '/home/student',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
}

export const script: Check<Params, Gathered> = {
  name: 'script',
  about:
    "The last resort: a script of the lab's own, run by bash in the sandbox. It leaves no file, but the student's machine runs it: a student can watch it and forge its answer. In an exam, verify the task in a clean room.",
  example: {
    says: "There is a backup in the student's home that can be unpacked.",
    with: {
      script: 'tar -tzf ~/backup.tar.gz >/dev/null || { echo "no backup that can be unpacked"; exit 1; }\n',
    },
  },
  params,
  codes: { 'script-not-yet': 'The script ended with exit code 1.' },
  moreCodes: ({ codes }) => codes,

  async gather({ exec }, given) {
    // Ends the script with all that it started; where the student made it another, the server's own limit ends the script alone.
    const limit = ['/usr/bin/timeout', '--signal=KILL', `${given.timeout_ms / 1000}`]
    const argv = [...limit, '/bin/bash', '-c', 'eval "$(cat)" </dev/null']
    const found = await exec(argv, {
      input: given.script,
      user: given.user,
      env: { ...ENV, USER: given.user, LOGNAME: given.user },
      cwd: '/home/student',
      timeoutMs: given.timeout_ms + LATE_MS,
      maxBytes: MAX_OUTPUT,
    })
    return { ...found, stderr: found.stderr.slice(-2_000) }
  },

  judge(found, given) {
    const source = `script run as ${given.user}`
    return given.answers === 'json' ? judgeAnswer(found, given, source) : judgeExit(found, source)
  },

  asks: ({ script, user, timeout_ms }) => ({ script, user, timeout_ms }),

  affectedBy: (event, { on }) =>
    event.by !== 'check' &&
    on.some((kind) => kind === event.type) &&
    !/^(exec_|health_status|archive-path$|top$)/.test(event.action),
}

function judgeExit({ exitCode, stdout, stderr }: Gathered, source: string): Outcome {
  const last = lastLine(stdout)
  const observed = `exit code ${exitCode}${last ? `: ${last}` : ''}`
  const seen: Evidence[] = [{ expected: 'exit code 0', observed, source }]
  if (exitCode === 0) return passed(last || 'It is as it should be.', seen)
  if (exitCode === NOT_YET) return notYet('script-not-yet', last || 'It is not so yet.', seen)
  return failed(ended(exitCode), lastLine(stderr), source)
}

function ended(exitCode: number): string {
  if (exitCode === KILLED) return 'The script of this check did not end in time.'
  return `The script of this check ended with exit code ${exitCode}.`
}

function judgeAnswer({ exitCode, stdout, stderr }: Gathered, given: Params, source: string): Outcome {
  if (exitCode !== 0) return failed(ended(exitCode), lastLine(stderr), source)
  const answer = said.safeParse(parseLine(stdout))
  if (!answer.success) return failed('The script of this check gave no proper answer.', stdout, source)
  const { status, message } = answer.data
  const witness = { expected: 'passed', observed: status, source }
  const shown = answer.data.evidence.length > 0 ? answer.data.evidence : [witness]
  if (status === 'passed') return passed(message, shown)
  if (status === 'broken') return broken('probe-failed', message, shown)
  const known = answer.data.code === 'script-not-yet' || Object.hasOwn(given.codes, answer.data.code)
  return known
    ? notYet(answer.data.code, message, shown)
    : failed('The script of this check gave a code that it does not declare.', answer.data.code, source)
}

/** The one line of JSON that there is, or undefined. */
function parseLine(stdout: string): unknown {
  try {
    return stdout.trim().includes('\n') ? undefined : JSON.parse(stdout)
  } catch {
    return undefined
  }
}

function failed(message: string, observed: string, source: string): Outcome {
  const expected = 'a script that says passed or not yet'
  return broken('probe-failed', message, [{ expected, observed: observed || 'nothing', source }])
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}
