import { z } from 'zod'
import type { Check } from './check.ts'
import { type DnsAnswer, parseDig } from './dig.ts'
import type { ContainerObject } from './engine-view.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notRunning, notYet, passed } from './outcome.ts'
import { containerName, objectName } from './params.ts'
import { probeImage, runTool } from './probe.ts'

const params = z
  .strictObject({
    from: containerName.describe('The container that asks'),
    name: z
      .string()
      .max(200)
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'must be a host name')
      .describe('The name to look up'),
    to: containerName.optional().describe('The container that the name must lead to'),
    network: objectName.optional().describe('The network on which it must; any that both share without'),
    absent: z.literal(true).optional().describe('Nobody must know the name'),
    image: probeImage,
  })
  .refine((given) => (given.to === undefined) === (given.absent === true), 'needs either to or absent')
type Params = z.infer<typeof params>

/** Docker's embedded DNS server, on every network that a user made and on no other. */
const DNS_SERVER = '127.0.0.11'
/** Docker's own networks have no DNS for containers. */
const OWN_NETWORKS = ['bridge', 'host', 'none']

interface Side {
  status: string
  running: boolean
  networkMode: string
  /** Networks that a user made: the address there and the names that it goes by. */
  networks: Record<string, { address: string; names: string[] }>
}

interface Gathered {
  from: Side | null
  to: Side | null
  answer: DnsAnswer | null
}

export const dnsProbe: Check<Params, Gathered> = {
  name: 'dns_probe',
  about: "Asks Docker's DNS from inside a container's network whether a name leads to another container.",
  example: {
    says: '`api` finds `db` by its name, on `app-net`.',
    with: { from: 'api', name: 'db', to: 'db', network: 'app-net' },
  },
  params,
  codes: {
    'object-missing': 'One of the containers is not there.',
    'container-not-running': 'One of the containers does not run.',
    'host-network-used': "The asking container uses the host's network, which has no DNS for containers.",
    'no-shared-network': 'The two are on no user-made network together.',
    'name-unresolved': 'The name is not known.',
    'name-stale': 'The name leads to another address than the container has now.',
    'name-not-registered': "The name leads there, but not by the network's own DNS.",
    'name-visible': 'The name is known and must not be.',
  },

  async gather(context, given) {
    const from = await context.engine.container(given.from)
    const to = given.to === undefined ? undefined : await context.engine.container(given.to)
    const gathered: Gathered = { from: from ? sideOf(from) : null, to: to ? sideOf(to) : null, answer: null }
    if (!from?.State.Running || (given.to !== undefined && !to?.State.Running)) return gathered
    if (from.HostConfig.NetworkMode === 'host') return gathered
    const argv = ['/usr/bin/dig', `@${DNS_SERVER}`, '+time=2', '+tries=2', '+nosearch', given.name, 'A']
    const probe = await runTool(context, given.image, { argv, network: { kind: 'container', id: from.Id } })
    return { ...gathered, answer: parseDig(probe) }
  },

  judge({ from, to, answer }, given) {
    if (!from) return noContainer(given.from)
    if (given.to !== undefined && !to) return noContainer(given.to)
    if (!from.running) return notRunning(given.from, from.status)
    if (given.to !== undefined && !to?.running) return notRunning(given.to, to?.status ?? 'gone')
    const source = `DNS ${DNS_SERVER} asked from ${given.from}: ${given.name}`
    const observed = answer === null ? 'not asked' : answer.addresses.join(', ') || answer.status
    if (from.networkMode === 'host') {
      const evidence = [
        {
          expected: 'a network that you made',
          observed: 'host',
          source: `container ${given.from} · HostConfig.NetworkMode`,
        },
      ]
      return notYet(
        'host-network-used',
        `\`${given.from}\` uses the host's network; there is no DNS for containers on it.`,
        evidence,
      )
    }
    if (given.to === undefined || !to) {
      const evidence = [{ expected: 'no address', observed, source }]
      // Without an upstream server an unknown name is SERVFAIL as often as NXDOMAIN.
      if (answer?.addresses.length === 0)
        return passed(`\`${given.from}\` cannot look up \`${given.name}\`.`, evidence)
      return notYet('name-visible', `\`${given.from}\` can look up \`${given.name}\`.`, evidence)
    }
    const shared = Object.keys(from.networks).filter(
      (name) => to.networks[name] && (given.network === undefined || name === given.network),
    )
    const current = shared.map((name) => to.networks[name]?.address ?? '').filter(Boolean)
    const evidence = [
      {
        expected:
          current.join(', ') || `an address of ${given.to} on ${given.network ?? 'a network of both'}`,
        observed,
        source,
      },
    ]
    if (current.length === 0) {
      const where = given.network ? `on \`${given.network}\`` : 'on a network that you made'
      return notYet('no-shared-network', `\`${given.from}\` and \`${given.to}\` are not together ${where}.`, [
        {
          expected: given.network ?? 'a network of both',
          observed: `${given.from}: ${listOf(from)}; ${given.to}: ${listOf(to)}`,
          source: 'NetworkSettings.Networks of both',
        },
      ])
    }
    if (!answer || answer.addresses.length === 0) {
      return notYet(
        'name-unresolved',
        `\`${given.from}\` cannot look up \`${given.name}\`: ${answer?.status ?? 'no answer'}.`,
        evidence,
      )
    }
    if (!answer.addresses.every((address) => current.includes(address))) {
      return notYet(
        'name-stale',
        `\`${given.name}\` leads to ${observed}, but \`${given.to}\` is at ${current.join(', ')}.`,
        evidence,
      )
    }
    if (!shared.some((name) => to.networks[name]?.names.includes(given.name))) {
      return notYet(
        'name-not-registered',
        `The network itself does not know \`${given.to}\` as \`${given.name}\`.`,
        evidence,
      )
    }
    return passed(`\`${given.from}\` finds \`${given.name}\` at ${observed}.`, evidence)
  },

  asks: ({ from, to, name, image }) => ({ from, to, name, image }),

  affectedBy(event, given) {
    return (
      concernsContainer(event, given.from) || (given.to !== undefined && concernsContainer(event, given.to))
    )
  },
}

function sideOf(container: ContainerObject): Side {
  const own = container.Name.slice(1)
  const networks: Side['networks'] = {}
  for (const [name, { IPAddress, Aliases, DNSNames }] of Object.entries(
    container.NetworkSettings.Networks ?? {},
  )) {
    if (OWN_NETWORKS.includes(name)) continue
    networks[name] = { address: IPAddress, names: [own, ...(DNSNames ?? []), ...(Aliases ?? [])] }
  }
  return {
    status: container.State.Status,
    running: container.State.Running,
    networkMode: container.HostConfig.NetworkMode,
    networks,
  }
}

function listOf(side: Side): string {
  return Object.keys(side.networks).join(', ') || 'no network of yours'
}
