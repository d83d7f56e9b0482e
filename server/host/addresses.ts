import { DrydockError } from '../errors.ts'

/** The IPv4 networks of an engine with a network namespace of its own, all cut from one /16. */
export interface EngineNetworks {
  /** The way out: network, gateway and name server that slirp4netns offers. */
  way: { cidr: string; dns: string }
  /** Address and size of the default bridge. */
  bridge: string
  /** Where further bridges take their /24 from. */
  pool: string
}

/** An IPv4 network as first address and prefix length. */
export interface Network {
  address: number
  prefix: number
}

/** Blocks in order of preference; the last two are kept for benchmarks (RFC 2544) and hardly ever routed. */
const BLOCKS = ['10.213', '10.87', '10.149', '172.30', '172.22', '192.168', '198.18', '198.19']

/** Picks the first block that touches none of `taken`: what the engine routes to itself cannot be reached through it. */
export function pickNetworks(taken: readonly Network[]): EngineNetworks {
  const block = BLOCKS.find(
    (candidate) => !taken.some((network) => overlap(parse(`${candidate}.0.0/16`), network)),
  )
  if (!block) {
    throw new DrydockError(
      'host-not-ready',
      `This machine routes all of ${BLOCKS.map((b) => `${b}.0.0/16`).join(', ')}; free one of them for the bridges of the host engine.`,
    )
  }
  return {
    way: { cidr: `${block}.2.0/24`, dns: `${block}.2.3` },
    bridge: `${block}.3.1/24`,
    pool: `${block}.128.0/17`,
  }
}

/** The networks this machine already reaches: its routes (text of /proc/net/route) and its name servers (text of resolv.conf). */
export function takenNetworks(routes: string, resolvers: string): Network[] {
  const routed = routes
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.trim().split(/\s+/)
      if (!destination || !mask || mask === '00000000') return []
      return [{ address: hexAddress(destination), prefix: bits(hexAddress(mask)) }]
    })
  const servers = [...resolvers.matchAll(/^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)].map((match) =>
    parse(`${match[1]}/32`),
  )
  return [...routed, ...servers]
}

/** Whether the machine's name servers are reachable in its own network namespace only. */
export function hasLoopbackResolver(resolvers: string): boolean {
  return /^nameserver\s+127\./m.test(resolvers)
}

function parse(cidr: string): Network {
  const [address = '', prefix] = cidr.split('/')
  return {
    address: address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0),
    prefix: Number(prefix),
  }
}

/** The kernel prints addresses as little-endian hex. */
function hexAddress(hex: string): number {
  return Buffer.from(hex, 'hex').readUInt32LE(0)
}

function bits(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length
}

function overlap(a: Network, b: Network): boolean {
  const shift = 2 ** (32 - Math.min(a.prefix, b.prefix))
  return Math.floor(a.address / shift) === Math.floor(b.address / shift)
}
