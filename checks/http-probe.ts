import { z } from 'zod'
import { type Check, CheckFault } from './check.ts'
import {
  concernsRoute,
  describeStatus,
  describeWay,
  findRoute,
  httpTarget,
  judgeRoute,
  type Route,
  routeCodes,
  statusFits,
} from './http-target.ts'
import { notYet, passed } from './outcome.ts'
import { pattern } from './params.ts'
import { runTool, type ToolResult } from './probe.ts'

const failures = ['refused', 'timeout', 'reset', 'closed', 'unreachable', 'unresolved'] as const
const failure = z.enum(failures)
type Failure = z.infer<typeof failure>

const params = z
  .strictObject({
    ...httpTarget,
    matches: pattern
      .optional()
      .describe('What this regular expression finds must be in the body; ^ and $ work by line'),
    lacks: pattern.optional().describe('What this regular expression finds must not be in the body'),
    fails: z
      .union([failure, z.array(failure).min(1).max(6)])
      .optional()
      .describe('It must fail, in this way or one of these'),
    timeout_ms: z.int().min(200).max(10_000).default(3_000).describe('How long an answer may take'),
  })
  .refine(
    (given) => given.fails === undefined || (given.matches === undefined && given.lacks === undefined),
    'has no body when it must fail',
  )
type Params = z.infer<typeof params>

/** Kept of a body. */
const MAX_BODY = 16 * 1024

type Answer = { status: number; body: string } | { failure: Failure }

interface Gathered {
  route: Route
  answer: Answer | null
}

export const httpProbe: Check<Params, Gathered> = {
  name: 'http_probe',
  about: 'Sends one HTTP request and sees what comes back, or in which way nothing does.',
  example: {
    says: "The machine's port that leads to port 80 of `web` answers with its page.",
    with: { to: { published: 'web' }, port: 80, matches: '<title>Shop' },
  },
  params,
  codes: {
    ...routeCodes,
    'http-status': 'It answers with another status.',
    'http-body': 'The body is not as it should be.',
    'http-refused': 'Nothing listens there: the connection is refused.',
    'http-timeout': 'No answer comes in time.',
    'http-reset': 'The connection is made, and then torn down.',
    'http-closed': 'The connection is made, and closed without an answer.',
    'http-unreachable': 'There is no way there.',
    'http-unresolved': 'The host name is not known.',
    'http-answered': 'It answers and must not.',
    'wrong-failure': 'It fails, but in another way.',
  },

  async gather(context, given) {
    const route = await findRoute(context, given)
    if (route.kind !== 'way') return { route, answer: null }
    const seconds = String(given.timeout_ms / 1000)
    const argv = [
      '/usr/bin/curl',
      ...['-q', '-s', '-v', '--noproxy', '*', '--http1.1', '-m', seconds, '--max-filesize', '65536'],
      ...['-w', '%{stderr}\nanswered %{http_code}\n', route.url],
    ]
    return { route, answer: parseCurl(await runTool(context, given.image, { argv, network: route.network })) }
  },

  judge({ route, answer }, given) {
    const noWay = judgeRoute(route, given)
    if (noWay) return noWay
    if (!answer) throw new Error('No request was sent')
    const way = describeWay(given)
    const one = (expected: string, observed: string) => ({ expected, observed, source: way })
    if (given.fails !== undefined) {
      const wanted = [given.fails].flat()
      const evidence = [
        one(wanted.join(' or '), 'failure' in answer ? answer.failure : `status ${answer.status}`),
      ]
      if (!('failure' in answer))
        return notYet('http-answered', `${way} is answered with ${answer.status}.`, evidence)
      if (wanted.includes(answer.failure))
        return passed(`${way} fails as it should: ${answer.failure}.`, evidence)
      return notYet(
        'wrong-failure',
        `${way} fails with ${answer.failure}, not ${wanted.join(' or ')}.`,
        evidence,
      )
    }
    if ('failure' in answer) {
      return notYet(`http-${answer.failure}`, `${way} fails: ${answer.failure}.`, [
        one(describeStatus(given.status), answer.failure),
      ])
    }
    const status = one(describeStatus(given.status), `status ${answer.status}`)
    const body = (expected: string) => one(expected, answer.body.trim().slice(0, 200) || 'an empty body')
    if (!statusFits(answer.status, given.status))
      return notYet('http-status', `${way} is answered with ${answer.status}.`, [
        status,
        body('see its body'),
      ])
    if (given.matches !== undefined && !new RegExp(given.matches, 'mu').test(answer.body)) {
      return notYet('http-body', `${way} is answered without ${given.matches}.`, [
        body(`a body with ${given.matches}`),
        status,
      ])
    }
    if (given.lacks !== undefined && new RegExp(given.lacks, 'mu').test(answer.body))
      return notYet('http-body', `${way} is answered with ${given.lacks}.`, [
        body(`no ${given.lacks}`),
        status,
      ])
    const asked = given.matches === undefined ? [] : [body(`a body with ${given.matches}`)]
    return passed(`${way} is answered with ${answer.status}.`, [status, ...asked])
  },

  asks: ({ status: _s, matches: _m, lacks: _l, fails: _f, ...asked }) => asked,

  affectedBy: concernsRoute,
}

/** Exit codes of curl that say in which way a request failed. */
const CURL_FAILURES: Record<number, Failure> = {
  6: 'unresolved',
  7: 'refused',
  28: 'timeout',
  35: 'reset',
  52: 'closed',
  55: 'reset',
  56: 'reset',
}
const FILE_TOO_LARGE = 63

function parseCurl({ exitCode, stdout, stderr }: ToolResult): Answer {
  const status = Number(/^answered (\d{3})$/mu.exec(stderr)?.[1] ?? 0)
  if ((exitCode === 0 || exitCode === FILE_TOO_LARGE) && status >= 100)
    return { status, body: stdout.slice(0, MAX_BODY) }
  const kind = CURL_FAILURES[exitCode]
  if (kind === undefined || exitCode === 0)
    throw new CheckFault(
      'probe-failed',
      `The request could not be sent (exit ${exitCode}: ${stderr.slice(0, 200)}).`,
    )
  if (kind === 'refused' && !/refused/iu.test(stderr)) return { failure: 'unreachable' }
  return { failure: kind }
}
