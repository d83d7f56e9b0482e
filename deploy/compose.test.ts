import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeConfig, loadConfig } from '../server/config.ts'

const root = resolve(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

interface Service {
  user?: string
  ports?: string[]
  volumes?: string[]
  environment?: Record<string, string>
  [option: string]: unknown
}
const text = read('docker-compose.yml')
const { services, volumes } = parse(text) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const { engine, server } = services as { engine: Service; server: Service }

/** Names of `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, each with its default. */
const interpolated = (yaml: string) =>
  new Map(
    [...yaml.matchAll(/\$\{(\w+)(?::(?:-([^}]*)|\?[^}]*))?\}/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
/** Names of the lines `#NAME=VALUE` and `NAME=VALUE`, each with its value. */
const example = new Map(
  [...read('.env.example').matchAll(/^#?(DRYDOCK_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
)
const settings = new Map(
  describeConfig({}).map((line) => {
    const [name = '', , fallback = ''] = line.split(/ {2,}/)
    return [name, fallback === '-' ? '' : fallback]
  }),
)

test('there are two services, and neither has more rights than it needs', () => {
  expect(Object.keys(services).sort()).toEqual(['engine', 'server'])
  for (const service of [engine, server]) {
    expect(service).toMatchObject({ cap_drop: ['ALL'], read_only: true, init: true, restart: 'always' })
    expect(service.privileged).toBeUndefined()
    expect([service.pid, service.ipc, service.network_mode]).not.toContain('host')
  }
  expect((engine.cap_add as string[]).toSorted()).toEqual(
    [
      ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'MKNOD', 'NET_ADMIN', 'SETGID', 'SETPCAP', 'SETUID'],
      ...['SYS_ADMIN', 'SYS_CHROOT', 'SYS_PTRACE'],
    ].toSorted(),
  )
  expect(engine).toMatchObject({ cgroup: 'private', device_cgroup_rules: ['b 7:* rwm', 'c 10:237 rwm'] })
  expect(engine.security_opt).toContain('seccomp=deploy/engine/seccomp.json')
  expect(engine.devices).toBeUndefined()
  expect(server.cap_add).toBeUndefined()
  expect(server).toMatchObject({ user: '10001:10001', security_opt: ['no-new-privileges:true'] })
})

test('all that is kept is in named volumes; nothing of the host is mounted, least of all its socket', () => {
  const mounted = [...(engine.volumes ?? []), ...(server.volumes ?? [])].map(
    (each) => each.split(':')[0] ?? '',
  )
  expect([...new Set(mounted)].sort()).toEqual(Object.keys(volumes).sort())
  expect(text).not.toContain('/var/run/docker.sock')
  expect(server.volumes).not.toContain('engine:/var/lib/drydock')
  expect(server.environment?.DRYDOCK_DOCKER).toBe('/run/drydock/docker.sock')
})

test('it is published on the loopback, by the same address that the server judges', () => {
  expect(engine.ports).toBeUndefined()
  const address = `${'$'}{DRYDOCK_BIND:-127.0.0.1}:${'$'}{DRYDOCK_PORT:-4000}`
  expect(server.ports).toEqual([`${address}:4000`])
  expect(server.environment).toMatchObject({ DRYDOCK_PUBLISHED: address, DRYDOCK_PORT: '4000' })
})

test('each service says whether it is well, and gets time to end', () => {
  for (const service of [engine, server])
    expect(service).toMatchObject({
      healthcheck: { retries: 3, timeout: '5s', test: expect.anything() },
      stop_grace_period: expect.stringMatching(/^\d+s$/),
      logging: { driver: 'local' },
    })
  expect(JSON.stringify(server.healthcheck)).toContain('/api/health/ready')
  expect(Number(server.environment?.DRYDOCK_ENGINE_WAIT_SECONDS)).toBeGreaterThan(0)
})

test('every variable is in .env.example with its default, and every line there means something', () => {
  const files = [text, read('deploy/caddy/docker-compose.yml')]
  const wanted = new Map(files.flatMap((yaml) => [...interpolated(yaml)]))
  for (const [name, fallback] of wanted) {
    expect([...example.keys()]).toContain(name)
    if (fallback) expect([name, example.get(name)]).toEqual([name, fallback])
  }
  for (const [name, value] of example) {
    if (wanted.has(name)) continue
    expect(settings.get(name), `${name} is neither a variable of compose nor a setting`).toBe(value)
  }
})

test('what the file sets for the server are settings that it takes', () => {
  const fixed = Object.entries(server.environment ?? {}).map(
    ([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')] as const,
  )
  for (const [name] of fixed) expect([...settings.keys()]).toContain(name)
  expect(loadConfig(Object.fromEntries(fixed))).toMatchObject({ published: '127.0.0.1:4000' })
})
