import { expect, test } from 'vitest'
import { hasLoopbackResolver, pickNetworks, takenNetworks } from './addresses.ts'

const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'
/** A line of /proc/net/route; addresses are little-endian hex. */
const route = (destination: string, mask: string) =>
  `eth0\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0`

test('a machine with a default route only gets the first block, in three parts that do not touch', () => {
  const routes = [header, route('00000000', '00000000'), ''].join('\n')
  expect(pickNetworks(takenNetworks(routes, ''))).toEqual({
    way: { cidr: '10.213.2.0/24', dns: '10.213.2.3' },
    bridge: '10.213.3.1/24',
    pool: '10.213.128.0/17',
  })
})

test('a route to all of 10.0.0.0/8 moves it out of there', () => {
  const routes = [header, route('0000000A', '000000FF')].join('\n')
  expect(takenNetworks(routes, '')).toEqual([{ address: 10 * 2 ** 24, prefix: 8 }])
  expect(pickNetworks(takenNetworks(routes, '')).bridge).toBe('172.30.3.1/24')
})

test('a route or a name server inside a block is seen too', () => {
  const routes = [header, route('0005D50A', '00FFFFFF')].join('\n')
  const resolvers = 'search lan\nnameserver 10.87.0.53\n'
  expect(pickNetworks(takenNetworks(routes, resolvers)).bridge).toBe('10.149.3.1/24')
})

test('a machine that routes everything is told so', () => {
  const all = [{ address: 0, prefix: 0 }]
  expect(() => pickNetworks(all)).toThrow(expect.objectContaining({ code: 'host-not-ready' }))
})

test('a resolver on the loopback is told from one on the network', () => {
  expect(hasLoopbackResolver('nameserver 127.0.0.53\n')).toBe(true)
  expect(hasLoopbackResolver('# nameserver 127.0.0.53\nnameserver 10.0.0.1\n')).toBe(false)
})
