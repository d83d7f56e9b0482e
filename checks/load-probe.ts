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
import { pattern, toPattern } from './params.ts'
import { goldenImage } from './probe.ts'

const params = z.strictObject({
  ...httpTarget,
  matches: pattern.optional().describe('What this regular expression finds must be in every body'),
  per_second: z
    .int()
    .min(1)
    .max(40)
    .default(20)
    .describe('Requests a second, each on a connection of its own'),
  seconds: z.int().min(1).max(10).default(3).describe('For so long'),
  tolerate: z.int().min(0).max(400).default(0).describe('So many may be lost'),
  timeout_ms: z.int().min(100).max(2_000).default(1_000).describe('How long one answer may take'),
})
type Params = z.infer<typeof params>

/** All bodies together: what is kept of a probe's output, less the marks. */
const MAX_BODIES = 48 * 1024
/** Beyond the time that the requests take when all is well. */
const SPARE_MS = 8_000

interface Gathered {
  route: Route
  sent: number
  /** Requests by what came of them: an HTTP status, or `exit 28` of curl; those that were never sent as `not sent`. */
  answers: Record<string, number>
  wrongBodies: number
  /** A body that does not match. */
  sample: string | null
}

export const loadProbe: Check<Params, Gathered> = {
  name: 'load_probe',
  about: 'Sends requests at a steady rate for some seconds and counts those that are lost.',
  example: {
    says: 'While twenty requests a second come for five seconds, at most two are lost.',
    with: { to: { published: 'web' }, port: 80, per_second: 20, seconds: 5, tolerate: 2 },
  },
  params,
  codes: {
    ...routeCodes,
    'requests-lost': 'Requests failed, or were answered with another status.',
    'wrong-body': 'An answer has another body.',
  },
  timed: true,

  async gather(context, given) {
    const route = await findRoute(context, given)
    const sent = given.per_second * given.seconds
    if (route.kind !== 'way') return { route, sent: 0, answers: {}, wrongBodies: 0, sample: null }
    const mark = `drydock-${Math.random().toString(36).slice(2)}`
    const { exitCode, stdout, refused } = await context.engine.runProbe({
      image: goldenImage(context, given.image),
      // What came of each request must be told also when they do not all end in time.
      entrypoint: ['/usr/bin/stdbuf'],
      cmd: [
        ...['-oL', '/usr/bin/curl'],
        ...['-q', '-s', '--noproxy', '*', '--http1.1', '-H', 'Connection: close'],
        ...['-m', String(given.timeout_ms / 1000), '--rate', `${given.per_second}/s`],
        ...['-o', given.matches === undefined ? '/dev/null' : '-'],
        // The fragment is never sent: it only makes curl ask so often.
        ...['-w', `\n${mark} %{http_code} %{exitcode}\n`, `${route.url}#[1-${sent}]`],
      ],
      workingDir: '/',
      capDrop: ['ALL'],
      network: route.network,
      timeoutMs: given.seconds * 1000 + SPARE_MS,
    })
    if (refused !== null) throw new CheckFault('probe-failed', `Requests could not be sent: ${refused}`)
    return { route, sent, ...count(stdout, mark, exitCode === null, sent, given) }
  },

  judge({ route, sent, answers, wrongBodies, sample }, given) {
    const noWay = judgeRoute(route, given)
    if (noWay) return noWay
    const way = describeWay(given)
    const good = Object.entries(answers)
      .filter(([what]) => statusFits(Number(what), given.status))
      .reduce((sum, [, times]) => sum + times, 0)
    const lost = sent - good
    const counted = Object.entries(answers).map(([what, times]) => `${times} x ${what}`)
    const evidence = [
      {
        expected: `${sent} requests with ${describeStatus(given.status)}, at most ${given.tolerate} lost`,
        observed: counted.join(', ') || 'no answer',
        source: `${way}, ${given.per_second} a second`,
      },
    ]
    if (sent === 0 || lost > given.tolerate)
      return notYet('requests-lost', `${lost} of ${sent} requests were lost.`, evidence)
    if (wrongBodies > 0) {
      return notYet('wrong-body', `${wrongBodies} of ${sent} answers have another body.`, [
        { expected: `bodies with ${given.matches}`, observed: sample ?? 'nothing', source: way },
        ...evidence,
      ])
    }
    return passed(`${good} of ${sent} requests were answered as they should be.`, evidence)
  },

  asks: ({ tolerate: _t, status: _s, ...asked }) => asked,

  affectedBy: concernsRoute,
}

function count(stdout: string, mark: string, cut: boolean, sent: number, given: Params) {
  const found = [...stdout.matchAll(new RegExp(`([\\s\\S]*?)\\n${mark} (\\d{3}) (\\d{1,3})(?:\\n|$)`, 'gu'))]
  if (found.length > sent || (found.length < sent && (!cut || stdout.length > MAX_BODIES)))
    throw new CheckFault('probe-failed', 'The answers are too large or too many to be counted.')
  const answers: Record<string, number> = {}
  const add = (what: string, times: number) => {
    if (times > 0) answers[what] = (answers[what] ?? 0) + times
  }
  const wrong: string[] = []
  for (const [, body = '', status = '', exit = ''] of found) {
    const arrived = exit === '0'
    add(arrived ? status : `exit ${exit}`, 1)
    if (arrived && statusFits(Number(status), given.status) && given.matches !== undefined)
      if (!toPattern(given.matches).test(body)) wrong.push(body)
  }
  add('not sent', sent - found.length)
  return { answers, wrongBodies: wrong.length, sample: wrong[0]?.trim().slice(0, 200) ?? null }
}
