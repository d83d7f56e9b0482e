import { z } from 'zod'
import { type Check, CheckFault } from './check.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notRunning, notYet, passed } from './outcome.ts'
import { containerName, objectName } from './params.ts'
import { probeImage, runTool, type ToolResult } from './probe.ts'

const params = z.strictObject({
  from: containerName.describe('The container that connects'),
  to: containerName.describe('The container that is connected to'),
  network: objectName.describe('The network whose address of `to` is used'),
  port: z.int().min(1).max(65_535).describe('TCP port'),
  expect: z.enum(['open', 'refused', 'timeout']).default('open').describe('What must come of it'),
  image: probeImage,
})
type Params = z.infer<typeof params>

type Connection = 'open' | 'refused' | 'timeout' | 'unreachable'

interface Gathered {
  from: { status: string; running: boolean } | null
  to: { status: string; address: string } | null
  connection: Connection | null
}

export const tcpProbe: Check<Params, Gathered> = {
  name: 'tcp_probe',
  about: 'Connects from one container to the address of another.',
  example: {
    says: 'From `api`, port 5432 of `db` on `app-net` is open.',
    with: { from: 'api', to: 'db', network: 'app-net', port: 5432 },
  },
  params,
  codes: {
    'object-missing': 'One of the containers is not there.',
    'container-not-running': 'The connecting container does not run.',
    'no-address': 'The other container has no address on that network.',
    unreachable: 'The port does not answer.',
    reachable: 'The port answers and must not.',
    'wrong-failure': 'The port does not answer, but in another way.',
  },

  async gather(context, given) {
    const from = await context.engine.container(given.from)
    const to = await context.engine.container(given.to)
    const address = to?.NetworkSettings.Networks?.[given.network]?.IPAddress ?? ''
    const gathered: Gathered = {
      from: from ? { status: from.State.Status, running: from.State.Running } : null,
      to: to ? { status: to.State.Status, address } : null,
      connection: null,
    }
    if (!from?.State.Running || !/^[0-9.]+$/.test(address)) return gathered
    const argv = ['/usr/bin/nc', '-z', '-v', '-n', '-w', '3', address, String(given.port)]
    return {
      ...gathered,
      connection: parseNetcat(
        await runTool(context, given.image, { argv, network: { kind: 'container', id: from.Id } }),
      ),
    }
  },

  judge({ from, to, connection }, given) {
    if (!from) return noContainer(given.from)
    if (!to) return noContainer(given.to)
    if (!from.running) return notRunning(given.from, from.status)
    const source = `TCP from ${given.from} to ${given.to} (${to.address || 'no address'}), port ${given.port}`
    const evidence = [{ expected: given.expect, observed: connection ?? 'not tried', source }]
    const target = `port ${given.port} of \`${given.to}\``
    if (!connection)
      return notYet('no-address', `\`${given.to}\` has no address on \`${given.network}\`.`, evidence)
    if (connection === given.expect)
      return passed(`From \`${given.from}\`, ${target} is as it should be: ${connection}.`, evidence)
    if (given.expect === 'open')
      return notYet('unreachable', `\`${given.from}\` cannot connect to ${target}: ${connection}.`, evidence)
    if (connection === 'open')
      return notYet('reachable', `\`${given.from}\` can connect to ${target}.`, evidence)
    return notYet(
      'wrong-failure',
      `From \`${given.from}\`, ${target} fails with ${connection}, not ${given.expect}.`,
      evidence,
    )
  },

  asks: ({ expect, ...asked }) => asked,

  affectedBy(event, given) {
    return concernsContainer(event, given.from) || concernsContainer(event, given.to)
  },
}

function parseNetcat({ exitCode, stderr }: ToolResult): Connection {
  if (exitCode === 0 && /succeeded/iu.test(stderr)) return 'open'
  if (/refused/iu.test(stderr)) return 'refused'
  if (/timed out|timeout/iu.test(stderr)) return 'timeout'
  if (/unreachable|no route/iu.test(stderr)) return 'unreachable'
  throw new CheckFault(
    'probe-failed',
    `The connection could not be tried (exit ${exitCode}: ${stderr.slice(0, 200)}).`,
  )
}
