import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JournalRow } from '../../checks/check.ts'
import { StudentEngine } from '../engine/student-engine.ts'
import type { Sandbox, SandboxProcess } from '../sandbox/sandbox-driver.ts'
import { askEngine, newSpec, sh, shellEnv } from '../sandbox/suite-tools.ts'
import { isTampered, type Tamper, takeTamper } from './take-tamper.ts'
import { type TestTrials, testTrials } from './test-trials.ts'

let trials: TestTrials
let sandbox: Sandbox
let engine: StudentEngine
let held: { process: SandboxProcess; lines: AsyncIterator<string> }

beforeAll(async () => {
  trials = await testTrials('tamper')
  sandbox = await trials.driver.create(newSpec())
  engine = new StudentEngine({
    dial: (signal) => sandbox.dialEngine(signal),
    clock: trials.deps.clock,
    seed: 'seed',
  })
  await engine.ping() // leaves a connection open, as a session's journal does
  const process = await sandbox.exec({ argv: ['/bin/bash'], env: shellEnv })
  held = { process, lines: linesOf(process) }
})

afterAll(async () => {
  engine.close()
  held.process.stream.destroy()
  await sandbox.destroy()
  expect(await trials.close()).toEqual([])
})

async function* linesOf({ stream }: SandboxProcess) {
  let text = ''
  for await (const chunk of stream) {
    text += chunk.toString()
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
}

/** Runs a script in a shell that was there before, for when the tools are out of reach. */
async function inHeldShell(script: string) {
  held.process.stream.write(`${script}\necho "done $?"\n`)
  for (;;) {
    const { value, done } = await held.lines.next()
    if (done) throw new Error('the held shell ended')
    if (value.startsWith('done')) return expect(value, script).toBe('done 0')
  }
}

const take = (more: { rows?: JournalRow[]; containers?: string[] } = {}): Promise<Tamper> =>
  takeTamper({
    sandbox,
    engine: engine.view(AbortSignal.timeout(20_000)),
    rows: async () => more.rows ?? [],
    uses: (more.containers ?? []).map((container) => ({ use: 'cause_of_death', with: { container } })),
    clock: trials.deps.clock,
  })

/** What of the machine's findings is about this path, in short. */
const about = (tamper: Tamper, path: string) =>
  tamper.findings.filter((each) => each.path === path).map(({ kind, weight }) => `${kind} ${weight}`)

test('ordinary work leaves nothing to find', async () => {
  await sh(
    sandbox,
    `docker network create --subnet 10.9.0.0/24 quay
     docker run -d --name anchor --network quay -v hold:/hold -m 64m --restart always busybox:1 sleep 600
     printf 'FROM busybox:1\\nRUN echo x > /x\\n' | docker build -t mine -
     docker run --rm mine true
     docker volume create spare; docker save mine > /home/student/mine.tar
     mkdir -p /mnt/scratch && mount -t tmpfs scratch /mnt/scratch
     ip netns add lagoon
     printf '#!/bin/sh\\n' | tee /usr/local/bin/my-tool /usr/bin/from-a-package > /usr/lib/x86_64-linux-gnu/libfrom-a-package.so.1
     echo 'alias d=docker' >> /home/student/.bashrc; mkdir -p /etc/from-a-package; rm -f /usr/bin/nano
     docker exec anchor sh -c 'mount -t tmpfs x /mnt || :'`,
  )
  expect(await take({ containers: ['anchor'] })).toEqual({ at: expect.any(Number), findings: [] })
})

async function ooms(): Promise<JournalRow[]> {
  const rows: JournalRow[] = []
  const until = String(Math.ceil(Date.now() / 1000) + 1)
  for await (const event of engine.events({ since: '0', until }))
    if (typeof event === 'object' && event.action === 'oom')
      rows.push({ ...event, kind: 'event', seq: rows.length + 1 })
  return rows
}

test('containers are known while processes of others come and go', async () => {
  const names = ['one', 'two', 'three', 'four']
  const churn = 'while :; do true | true | true; done'
  for (const name of names)
    await sh(sandbox, `docker run -d --name ${name} busybox:1 sh -c '${churn}' >/dev/null`, 'student')
  const view = engine.view(AbortSignal.timeout(60_000))
  const found = await Promise.all(names.map(async (name) => (await view.container(name)) ?? fail()))
  for (let look = 0; look < 25; look += 1) {
    const { containers } = await sandbox.witness()
    for (const { Id, State } of found) expect(containers.get(Id), `look ${look}`).toContain(State.Pid)
  }
  expect(await take({ containers: names })).toMatchObject({ findings: [] })
  await sh(sandbox, `docker rm -f ${names.join(' ')} >/dev/null`, 'student')
})

function fail(): never {
  throw new Error('there is no such container')
}

test('an end for want of memory is believed, one that was only told is found', async () => {
  await sh(sandbox, 'docker run --name drowned -m 16m busybox:1 tail /dev/zero || :')
  const real = await ooms()
  expect(real.length).toBeGreaterThan(0)
  expect(about(await take({ rows: real, containers: ['drowned'] }), 'drowned')).toEqual([])
  const id = await sh(sandbox, 'docker run -d --name dry -m 512m busybox:1 sleep 600')
  // Any { type_url = 1, value = 2 } around TaskOOM { container_id = 1 }.
  const field = (tag: number, value: Buffer) => Buffer.concat([Buffer.from([tag, value.length]), value])
  const told = Buffer.concat([
    field(0x0a, Buffer.from('containerd.events.TaskOOM')),
    field(0x12, field(0x0a, Buffer.from(id))),
  ])
  await sh(
    sandbox,
    `echo ${told.toString('base64')} | base64 -d |
     containerd --address /run/drydock/containerd.sock publish --topic /tasks/oom --namespace moby`,
  )
  const rows = await ooms()
  expect(rows).toHaveLength(real.length + 1)
  expect(about(await take({ rows, containers: ['drowned', 'dry'] }), 'dry')).toEqual(['oom heavy'])
})

test.each([
  ['a replaced client', 'cp /usr/bin/true /usr/bin/docker', '/usr/bin/docker', 'program heavy'],
  ['a replaced engine', 'touch /usr/sbin/dockerd', '/usr/sbin/dockerd', 'program heavy'],
  ['a removed program', 'rm /usr/bin/ctr', '/usr/bin/ctr', 'program heavy'],
  ['a shell turned into a link', 'ln -sf /bin/bash /usr/bin/dash', '/usr/bin/dash', 'program heavy'],
  [
    'a wrapper on the path',
    'echo "#!/bin/sh" > /usr/local/bin/docker',
    '/usr/local/bin/docker',
    'shadow slight',
  ],
  ['a runtime put first', 'cp /usr/sbin/runc /usr/local/sbin/runc', '/usr/local/sbin/runc', 'shadow heavy'],
  [
    'a library',
    'cd /usr/lib/x86_64-linux-gnu && cp -a libc.so.6 x && mv x libc.so.6',
    '/usr/lib/x86_64-linux-gnu/libc.so.6',
    'library heavy',
  ],
  ['a preloaded library', ': > /etc/ld.so.preload', '/etc/ld.so.preload', 'loader heavy'],
  ['places of libraries', 'echo /x > /etc/ld.so.conf.d/x.conf', '/etc/ld.so.conf.d/x.conf', 'loader slight'],
  [
    'settings of the engine',
    'echo {} > /etc/docker/daemon.json',
    '/etc/docker/daemon.json',
    'engine-settings slight',
  ],
  [
    'a directory that is a link',
    'rm /var/run && ln -s /tmp /var/run && ln -sfn /run /var/run',
    '/var/run',
    'program heavy',
  ],
])('%s is found', async (_, script, path, finding) => {
  expect(about(await take(), path)).toEqual([])
  await sh(sandbox, script)
  const found = await take()
  expect(about(found, path)).toEqual([finding])
})

test('a name that holds escapes is shown without them', async () => {
  await sh(sandbox, `touch /etc/docker/$'\\e[31m\\nred'; cp -a /etc/docker /etc/docker.was`)
  expect(about(await take(), '/etc/docker/\uFFFD[31m\uFFFDred')).toEqual(['engine-settings slight'])
})

test.each([
  ['over a program', 'mount --bind /usr/bin/true /usr/bin/jq', 'umount /usr/bin/jq', '/usr/bin/jq'],
  ['over the tools', 'mount --bind /tmp /opt/drydock', 'umount /opt/drydock', '/opt/drydock'],
  [
    'over the engine’s socket',
    'touch /tmp/s && mount --bind /tmp/s /run/docker.sock',
    'umount /run/docker.sock',
    '/run/docker.sock',
  ],
  ['over what tells of processes', 'mount -t proc proc /proc', 'umount /proc', '/proc'],
  [
    'that takes the tools away',
    'mkdir -p /mnt/t && mount --bind /opt/drydock /mnt/t && umount -l /opt/drydock',
    'mount --bind /mnt/t /opt/drydock && umount /mnt/t',
    '/opt/drydock',
  ],
])('a mount %s is found, and gone when it is undone', async (_, mount, undo, path) => {
  await inHeldShell(mount)
  const found = await take()
  await inHeldShell(undo)
  expect(about(found, path)).toEqual(['mount heavy'])
  expect(isTampered(found)).toBe(true)
  expect(about(await take(), path)).toEqual([])
})

/** Stands before the engine, passes all on, and changes the process ids in its answers. */
const forger = `
use IO::Socket::UNIX; $SIG{CHLD} = 'IGNORE';
my $door = IO::Socket::UNIX->new(Local => '/run/docker.sock', Listen => 50) or die; $| = 1; print "open\\n";
while (my $client = $door->accept) {
  next if fork;
  my $real = IO::Socket::UNIX->new(Peer => '/run/real.sock') or die;
  if (my $child = fork) { while (sysread $client, my $b, 65536) { syswrite $real, $b } shutdown $real, 1; waitpid $child, 0 }
  else { while (sysread $real, my $b, 65536) { $b =~ s/("Pid":)([1-9]\\d*)/$1 . '9' x length $2/ge; syswrite $client, $b } shutdown $client, 1 }
  exit;
}`

test('an engine that is not the sandbox’s own, and what it says about processes, are found', async () => {
  await sh(sandbox, 'mv /run/docker.sock /run/real.sock')
  const forging = await sandbox.exec({ argv: ['/usr/bin/perl', '-e', forger], env: shellEnv })
  await linesOf(forging).next()
  engine.close()
  engine = new StudentEngine({
    dial: (signal) => sandbox.dialEngine(signal),
    clock: trials.deps.clock,
    seed: 'seed',
  })
  await engine.ping()
  const found = await take({ containers: ['anchor'] })
  engine.close()
  forging.stream.destroy()
  await forging.exit
  await sh(sandbox, 'mv /run/real.sock /run/docker.sock')
  engine = new StudentEngine({
    dial: (signal) => sandbox.dialEngine(signal),
    clock: trials.deps.clock,
    seed: 'seed',
  })
  await engine.ping()
  expect(about(found, '/usr/bin/perl')).toEqual(['engine heavy'])
  expect(about(found, 'anchor')).toEqual(['container heavy'])
  const kinds = (await take({ containers: ['anchor'] })).findings.map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'engine' || kind === 'container')).toEqual([])
})

test('too many files to list are themselves worth a look', async () => {
  await sh(sandbox, 'cd /usr/local/bin && seq -f flood-%g 3100 | xargs touch')
  const found = await take()
  await sh(sandbox, 'rm /usr/local/bin/flood-*')
  expect(found.findings.map(({ kind }) => kind)).toContain('flood')
  expect((await take()).findings.map(({ kind }) => kind)).not.toContain('flood')
})

test('a machine of which nothing can be learned says so', async () => {
  const gone = await trials.driver.create(newSpec())
  expect(await askEngine(gone, '/_ping')).toContain('200')
  await gone.destroy()
  const view = engine.view(AbortSignal.timeout(20_000))
  const parts = { sandbox: gone, engine: view, rows: async () => [], uses: [], clock: trials.deps.clock }
  expect(await takeTamper(parts)).toEqual({
    at: expect.any(Number),
    findings: [],
    notTaken: 'The sandbox is gone',
  })
})
