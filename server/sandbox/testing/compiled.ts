import { readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import type { TestHost } from '../../host/test-host.ts'
import { DemultiplexedStream } from '../docker/demultiplexed.ts'

/** Runs a script in a container of the builder image on the host engine; answers with what it printed. Throws what it complained of. */
export async function inBuilder(
  { docker, config, host }: TestHost,
  script: string,
  input: string | Buffer,
  hostConfig: object = {},
): Promise<Buffer> {
  const container = await docker.createContainer({
    Image: host.images.builder,
    Entrypoint: ['sh', '-euc', script],
    AttachStdin: true,
    OpenStdin: true,
    StdinOnce: true,
    Labels: { 'drydock.installation': config.installation, 'drydock.kind': 'builder' },
    HostConfig: hostConfig,
  })
  try {
    const options = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true }
    const stream = new DemultiplexedStream((await container.attach(options)) as Duplex, true)
    await container.start()
    stream.end(input)
    const printed: Buffer[] = []
    for await (const chunk of stream) printed.push(chunk)
    if (stream.stderr() !== '') throw new Error(stream.stderr())
    return Buffer.concat(printed)
  } finally {
    await container.remove({ force: true })
  }
}

/** A program of guest/attacks, as one static binary. */
export async function compiled(name: 'attack' | 'reach' | 'hoard', host: TestHost): Promise<Buffer> {
  const source = readFileSync(new URL(`../guest/attacks/${name}.c`, import.meta.url))
  return inBuilder(host, 'musl-gcc -static -Wall -Wextra -o /program -x c - && cat /program', source)
}
