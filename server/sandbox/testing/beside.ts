import { systemClock } from '../../clock.ts'
import { type TestHost, testHost } from '../../host/test-host.ts'
import { DockerSandboxDriver } from '../docker/docker-driver.ts'
import type { Sandbox } from '../sandbox-driver.ts'
import { newSpec, type Ran, run, sh, shellEnv } from '../suite-tools.ts'
import { hostLook } from './host-look.ts'

/** What a neighbour sees of itself: its names, files, mounts, rules, containers, sockets, limits. One that nobody touches says the same each time. */
const NEIGHBOUR_LOOK = `
  hostname; find /root /home /etc -newer /root/begun 2> /dev/null | sort
  cut -d ' ' -f 3-6 /proc/self/mountinfo | sort
  iptables-save | sed 's/^#.*//; s/\\[.*\\]//'
  ip -o link | wc -l
  docker ps --format '{{.Names}} {{.State}}'
  awk '{ print $8 }' /proc/net/unix | grep @ | sort | uniq
  for limit in memory/memory.limit_in_bytes pids/pids.max cpu/cpu.shares memory.max pids.max cpu.max; do cat /sys/fs/cgroup/$limit 2> /dev/null || :; done
  cat /proc/sys/user/max_* /proc/sys/kernel/pid_max /proc/sys/kernel/msgmax
`

export interface Beside {
  host: TestHost
  driver: DockerSandboxDriver
  attacker: Sandbox
  /** The attacker's container on the host engine. */
  container: { Id: string }
  neighbour: Sandbox
  /** Runs a script as root in the attacker's sandbox and answers with exit code and all it printed, whatever the outcome. */
  attempt(script: string): Promise<Ran>
  /** Puts a program there that can be run. */
  put(program: Buffer, path: string): Promise<void>
  /** What host and neighbour see of themselves: the same before and after an attack that did not reach them. */
  look(): Promise<object>
  close(): Promise<void>
}

/** Of the wall clock against the one that nobody sets, in milliseconds. */
const clock = () => Date.now() - performance.now()

/** One who attacks, one beside it with a container that runs, and the host. */
export async function beside(): Promise<Beside> {
  const began = clock()
  const host = await testHost()
  const log = { info() {}, warn() {} }
  const driver = new DockerSandboxDriver({ ...host.host, ...host.config, clock: systemClock, log })
  const [attacker, neighbour] = await Promise.all([driver.create(newSpec()), driver.create(newSpec())])
  const [container] = await host.docker.listContainers({ filters: { name: [attacker.id] } })
  if (!container) throw new Error('the attacker is not there')
  await sh(neighbour, 'docker run -d --name bystander busybox:1 sleep 3600; touch /root/begun')
  return {
    host,
    driver,
    attacker,
    container,
    neighbour,
    attempt: (script) => run(attacker, ['/bin/bash', '-c', script], { env: shellEnv }),
    async put(program, path) {
      await run(attacker, ['/bin/dd', `of=${path}`, 'status=none'], { input: program })
      await sh(attacker, `chmod 755 ${path}`)
    },
    look: async () => ({
      host: hostLook(container.Id),
      clockMoved: Math.abs(clock() - began) > 1_000,
      neighbour: (await sh(neighbour, NEIGHBOUR_LOOK)).split('\n'),
    }),
    async close() {
      await driver.sweep(new Set())
      await driver.close()
    },
  }
}
