import { afterAll, beforeAll, expect, test } from 'vitest'
import { runScript } from '../../services/run-script.ts'
import { type TestTrials, testTrials } from '../../services/test-trials.ts'
import type { Sandbox } from '../sandbox-driver.ts'

let trials: TestTrials
let sandbox: Sandbox
beforeAll(async () => {
  trials = await testTrials('names')
  sandbox = await trials.driver.create({ id: '00000000000000aa', hostname: 'harbour', motd: '' })
})
afterAll(async () => {
  await sandbox.destroy()
  expect(await trials.close()).toEqual([])
})

async function student(script: string): Promise<string> {
  const options = { clock: trials.deps.clock, timeoutMs: 60_000, maxBytes: 10_000 }
  return (await runScript(sandbox, script, options)).output
}

test('an unknown name fails at once: in the sandbox, on the default bridge, on a network of its own', async () => {
  const ask = 'dig +time=20 +tries=1 +noall +comments +stats nowhere'
  const asked = `${ask}; docker run --rm lab/net:1 ${ask}
    docker network create pier > /dev/null; docker run --rm --network pier lab/net:1 ${ask}`
  const output = await student(asked)
  expect(output.match(/status: NXDOMAIN/g)).toHaveLength(3)
  const times = [...output.matchAll(/Query time: (\d+) msec/g)].map(([, ms]) => Number(ms))
  expect(times).toHaveLength(3)
  // A server that does not answer would cost the 20 s.
  expect(Math.max(...times)).toBeLessThan(5_000)
})

test('a message that is no question gets no answer and does no harm', async () => {
  const send = (hex: string) => `printf '${hex.replace(/../g, '\\x$&')}' > /dev/udp/172.17.0.1/53`
  const answer = '000181800001000000000000' // the bit that makes it an answer
  const endless = `000101000001000000000000${'3f'.repeat(300)}`
  const pointer = '000101000001000000000000c00c00010001'
  const output = await student(
    `${[answer, endless, pointer, '00'].map(send).join('; ')}; getent hosts nowhere; echo "exit $?"`,
  )
  expect(output).toBe('exit 2\n')
})

test('the student may ping', async () => {
  expect(await student('ping -c 1 -W 5 127.0.0.1')).toContain('1 received')
})
