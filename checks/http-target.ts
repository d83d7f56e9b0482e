import { z } from 'zod'
import type { CheckContext, JournalEvent } from './check.ts'
import type { ContainerObject, EngineView } from './engine-view.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notRunning, notYet } from './outcome.ts'
import type { OwnNetwork } from './own-container.ts'
import { containerName, objectName } from './params.ts'
import { probeImage } from './probe.ts'
import type { Outcome } from './verdict.ts'

const statusCode = z.int().min(100).max(599)

/** Where requests go and where they come from: the same for every check that sends some. */
export const httpTarget = {
  from: z
    .union([
      z.literal('engine'),
      z.strictObject({ container: containerName }),
      z.strictObject({ network: objectName }),
    ])
    .default('engine')
    .describe(
      'Who asks: engine (a shell on the machine), { container: NAME } (its network), or { network: NAME } (somebody on that network)',
    ),
  to: z
    .union([
      z.strictObject({ container: containerName, network: objectName }),
      z.strictObject({ published: containerName }),
      z.strictObject({ gateway: objectName }),
      z.strictObject({
        host: z
          .string()
          .max(200)
          .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'must be a host name or an IPv4 address'),
      }),
    ])
    .default({ host: 'localhost' })
    .describe(
      "Who is asked: { container: NAME, network: NAME } (its address there), { published: NAME } (the port of the machine that leads to the container's port), { gateway: NETWORK } (the machine's address on it), or { host: NAME }",
    ),
  port: z.int().min(1).max(65_535).default(80).describe("TCP port; of `published`, the container's"),
  path: z
    .string()
    .max(500)
    .regex(/^\/[\x21-\x7e]*$/, 'must be a path')
    .default('/')
    .describe('Path and query'),
  status: z
    .union([statusCode, z.array(statusCode).min(1).max(20)])
    .default(200)
    .describe('HTTP status, or a list of those that are right'),
  image: probeImage,
}
export type HttpTarget = z.infer<z.ZodObject<typeof httpTarget>>

/** Codes of `judgeRoute`. */
export const routeCodes = {
  'object-missing': 'A container or network is not there.',
  'container-not-running': 'The container that asks, or is asked, does not run.',
  'no-address': 'The container that is asked has no address on that network.',
  'not-published': "The container's port is not published.",
}

/** From where to where, as gathered; or why there is no way. */
export type Route =
  | { kind: 'way'; network: OwnNetwork; url: string }
  | { kind: 'missing'; what: 'container' | 'network'; name: string }
  | { kind: 'stopped'; name: string; status: string }
  | { kind: 'no-address'; name: string; network: string }
  | { kind: 'not-published'; name: string; observed: string }

const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/

export async function findRoute(context: CheckContext, given: HttpTarget): Promise<Route> {
  const network = await networkFor(context, given.from)
  if ('no' in network) return network.no
  const place = await placeFor(context, given)
  if ('no' in place) return place.no
  return { kind: 'way', network: network.network, url: `http://${place.host}:${place.port}${given.path}` }
}

type No = { no: Route }

async function networkFor(
  { engine }: CheckContext,
  from: HttpTarget['from'],
): Promise<No | { network: OwnNetwork }> {
  if (from === 'engine') return { network: { kind: 'engine' } }
  if ('network' in from) {
    const found = await engine.network(from.network)
    return found
      ? { network: { kind: 'network', id: found.Id } }
      : { no: { kind: 'missing', what: 'network', name: from.network } }
  }
  const found = await running(engine, from.container)
  return 'no' in found ? found : { network: { kind: 'container', id: found.container.Id } }
}

async function running(engine: EngineView, name: string): Promise<No | { container: ContainerObject }> {
  const container = await engine.container(name)
  if (!container) return { no: { kind: 'missing', what: 'container', name } }
  if (container.State.Running) return { container }
  return { no: { kind: 'stopped', name, status: container.State.Status } }
}

async function placeFor(
  { engine }: CheckContext,
  { to, port }: HttpTarget,
): Promise<No | { host: string; port: number }> {
  if ('host' in to) return { host: to.host, port }
  if ('gateway' in to) {
    const found = await engine.network(to.gateway)
    const host = found?.IPAM?.Config?.map((each) => each.Gateway ?? '').find((each) => ADDRESS.test(each))
    return host === undefined
      ? { no: { kind: 'missing', what: 'network', name: to.gateway } }
      : { host, port }
  }
  const name = 'published' in to ? to.published : to.container
  const found = await running(engine, name)
  if ('no' in found) return found
  const { Networks, Ports } = found.container.NetworkSettings
  if ('container' in to) {
    const host = Networks?.[to.network]?.IPAddress ?? ''
    return ADDRESS.test(host) ? { host, port } : { no: { kind: 'no-address', name, network: to.network } }
  }
  const ports = Ports ?? {}
  const outside = ports[`${port}/tcp`]
    ?.map((each) => Number(each.HostPort))
    .find((each) => each > 0 && each < 65_536)
  if (outside !== undefined) return { host: 'localhost', port: outside }
  const published = Object.keys(ports).filter((each) => ports[each]?.length)
  return { no: { kind: 'not-published', name, observed: published.join(', ') || 'no published port' } }
}

/** The verdict when there is no way; undefined when there is one. */
export function judgeRoute(route: Route, { port }: HttpTarget): Outcome | undefined {
  if (route.kind === 'way') return undefined
  if (route.kind === 'stopped') return notRunning(route.name, route.status)
  if (route.kind === 'missing') {
    if (route.what === 'container') return noContainer(route.name)
    return notYet('object-missing', `There is no network \`${route.name}\` with an address.`, [
      { expected: `a network named ${route.name}`, observed: 'none', source: `network ${route.name}` },
    ])
  }
  if (route.kind === 'no-address') {
    return notYet('no-address', `\`${route.name}\` has no address on \`${route.network}\`.`, [
      {
        expected: `an address on ${route.network}`,
        observed: 'none',
        source: `container ${route.name} · NetworkSettings.Networks`,
      },
    ])
  }
  return notYet('not-published', `Port ${port} of \`${route.name}\` is not published.`, [
    {
      expected: `${port}/tcp published`,
      observed: route.observed,
      source: `container ${route.name} · NetworkSettings.Ports`,
    },
  ])
}

/** Who asks whom, for people. */
export function describeWay({ from, to, port, path }: HttpTarget): string {
  const asks =
    from === 'engine' ? 'the machine' : 'container' in from ? from.container : `network ${from.network}`
  const asked =
    'host' in to
      ? `${to.host}:${port}`
      : 'gateway' in to
        ? `the machine's address on ${to.gateway}, port ${port}`
        : 'published' in to
          ? `the published port ${port} of ${to.published}`
          : `${to.container} on ${to.network}, port ${port}`
  return `GET ${path} from ${asks} to ${asked}`
}

export function statusFits(status: number, wanted: HttpTarget['status']): boolean {
  return Array.isArray(wanted) ? wanted.includes(status) : status === wanted
}

export function describeStatus(wanted: HttpTarget['status']): string {
  return `status ${Array.isArray(wanted) ? wanted.join(' or ') : wanted}`
}

export function concernsRoute(event: JournalEvent, { from, to }: HttpTarget): boolean {
  const names = [
    ...(from !== 'engine' && 'container' in from ? [from.container] : []),
    ...('container' in to ? [to.container] : 'published' in to ? [to.published] : []),
  ]
  if (names.some((name) => concernsContainer(event, name))) return !event.action.startsWith('exec_')
  // Asked by name or by an address of the machine: any container may be the one that answers.
  return (
    names.length === 0 &&
    event.type === 'container' &&
    ['start', 'die'].includes(event.action) &&
    event.by !== 'check'
  )
}
