import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { SandboxProcess } from '../sandbox-driver.ts'
import { run, sh } from '../suite-tools.ts'
import { type Beside, beside } from '../testing/beside.ts'
import { compiled, inBuilder } from '../testing/compiled.ts'
import { MARK, processesWith } from '../testing/host-look.ts'

// What a student with root tries at the programs, sockets, files and terminals of others.

let place: Beside
let program: Buffer
let kept: SandboxProcess
let before: object
const secret = `secret-of-${MARK}`

beforeAll(async () => {
  place = await beside()
  program = await compiled('reach', place.host)
  await place.put(program, '/root/reach')
  await run(place.neighbour, ['/bin/dd', 'of=/root/reach', 'status=none'], { input: program })
  await sh(place.neighbour, 'chmod 755 /root/reach')
  kept = await place.neighbour.exec({ argv: ['/root/reach', 'keep', secret, 'name-of-neighbour'] })
  await new Promise((resolve) => kept.stream.once('data', resolve))
  before = await place.look()
})

afterAll(async () => {
  kept?.stream.end()
  await kept?.exit
  await place?.close()
})

const answers = (out: string) => out.split('\n').map((line) => line.split(' '))

describe('processes', () => {
  const calls = 'kill pidfd_open setpriority sched_setaffinity prlimit mem ns setns ptrace'.split(' ')

  test('all that is possible with one of its own finds nobody at the number of a neighbour', async () => {
    const [theirs] = processesWith(secret)
    expect(theirs).toBeDefined()
    const own = await sh(place.attacker, 'sleep 60 & /root/reach process $!; kill %1')
    expect(answers(own).filter(([, answer]) => answer === 'allowed')).toEqual(
      calls.map((each) => [each, 'allowed']),
    )
    const other = answers(await sh(place.attacker, `/root/reach process ${theirs}`))
    const wrong = other.filter(
      ([, ...answer]) => !/^(ESRCH|ENOENT|EPERM|Bad file descriptor)$/.test(answer.join(' ')),
    )
    expect(wrong).toEqual([])
    expect(Object.fromEntries(other)).toMatchObject({
      kill: 'ESRCH',
      ptrace: 'ESRCH',
      mem: 'ENOENT',
      ns: 'ENOENT',
    })
  })

  test('nor is it among those that can be listed', async () => {
    const list = 'cat /proc/[0-9]*/cmdline | tr "\\\\0" "\\\\n"'
    expect(await sh(place.neighbour, list)).toContain(secret)
    expect(await sh(place.attacker, list)).not.toContain(secret)
    expect(await sh(place.attacker, list)).not.toContain('vitest')
  })

  test('no namespace but that of the clocks is shared', async () => {
    const kinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts']
    const list = `for kind in ${kinds.join(' ')}; do readlink /proc/self/ns/$kind; done`
    const all = [
      ...(await sh(place.attacker, list)).split('\n'),
      ...(await sh(place.neighbour, list)).split('\n'),
      ...kinds.map((kind) => readlinkSync(`/proc/self/ns/${kind}`)),
    ]
    expect(new Set(all).size).toBe(3 * kinds.length)
  })

  test('from a mount namespace only those of its own can be stepped to', async () => {
    const stepped = (out: string) => out.trim().split(' ').slice(1)
    const [theirs] = processesWith(secret)
    const others = [readlinkSync('/proc/self/ns/mnt'), readlinkSync(`/proc/${theirs}/ns/mnt`)]
    const reached = stepped(await sh(place.attacker, '/root/reach mounts'))
    expect(reached.length).toBeGreaterThan(0)
    for (const inode of reached) expect(others).not.toContain(`mnt:[${inode}]`)
    const out = await inBuilder(place.host, 'cat > /reach; chmod 755 /reach; /reach mounts', program, {
      UsernsMode: 'host',
      CapAdd: ['SYS_ADMIN'],
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
    })
    // Before Linux 6.12 nobody can step.
    const asRoot = stepped(out.toString()).map((inode) => `mnt:[${inode}]`)
    if (new Set(asRoot).size > 1) expect(asRoot).toEqual(expect.arrayContaining(others))
  })

  test('a crash leaves no core, and the limit on it cannot be raised', async () => {
    const { err } = await place.attempt(
      'mkdir -p /root/crash; cd /root/crash; ulimit -c unlimited; /root/reach crash; echo ended:$? >&2',
    )
    expect(err).toMatch(/cannot modify limit/)
    expect(err).toMatch(/ended:139/)
    expect(await sh(place.attacker, 'ls /root/crash')).toBe('')
  })

  test('the host and the neighbour see nothing of it', async () => {
    expect(await place.look()).toEqual(before)
  })
})

describe('sockets', () => {
  test('an abstract name of the host or of the neighbour is not found, one of its own is', async () => {
    const name = `name-of-host-${process.pid}`
    const server = createServer().listen(`\0${name}`)
    await new Promise((resolve) => server.once('listening', resolve))
    try {
      expect(readFileSync('/proc/net/unix', 'latin1')).toContain(name)
      for (const other of [name, 'name-of-neighbour'])
        expect(await sh(place.attacker, `/root/reach socket ${other}`)).toBe('connect ECONNREFUSED')
    } finally {
      server.close()
    }
    expect(await sh(place.neighbour, '/root/reach socket name-of-neighbour')).toBe('connect allowed')
    expect(await sh(place.attacker, 'cat /proc/net/unix')).not.toContain('name-of')
  })

  test('a packet socket hears the interfaces of its own network alone, and auditing answers nobody', async () => {
    const [[, ...heard] = [], [, audit] = []] = answers(await sh(place.attacker, '/root/reach packets'))
    const own = (await sh(place.attacker, 'ls /sys/class/net')).split('\n')
    expect(heard.toSorted()).toEqual(own.toSorted())
    expect(audit).toMatch(/^(ECONNREFUSED|EPERM|Protocol|Resource)/)
  })

  test('the host and the neighbour see nothing of it', async () => {
    expect(await place.look()).toEqual(before)
  })
})

describe('a container that asks for all there is', () => {
  const everything =
    'docker run --rm --cap-add ALL --pid host --network host --ipc host --uts host --cgroupns host --security-opt seccomp=unconfined --security-opt apparmor=unconfined -v /:/host'

  test('sees the sandbox, and nothing of the host', async () => {
    const marked = join(mkdtempSync(join(tmpdir(), 'drydock-host-')), MARK)
    writeFileSync(marked, '')
    onTestFinished(() => rmSync(dirname(marked), { recursive: true }))
    await sh(place.attacker, `touch /root/${MARK}`)
    const { out, err, code } = await place.attempt(
      `${everything} busybox:1 sh -c 'hostname; cat /proc/1/cmdline | tr "\\0" " "; echo; ps | grep -c [v]itest; find /host -xdev -name ${MARK}; ls /host/data 2>&1; mknod /dev/block b 254 0 2>&1; nsenter -t 1 -m -u -n -p hostname'`,
    )
    const lines = out.trim().split('\n')
    expect(code, out + err).toBe(0)
    expect(lines[0]).toBe('harbour')
    expect(lines[1]).toMatch(/supervise/)
    expect(lines.slice(2)).toEqual([
      '0',
      `/host/root/${MARK}`,
      expect.stringMatching(/Operation not permitted/),
      'harbour',
    ])
  })

  test.each([
    '--privileged',
    '--device /dev/vda',
    '--device /dev/loop-control',
    '--device /dev/mem',
    '--device /dev/kmsg',
  ])('does not start with %s', async (option) => {
    const { code, err } = await place.attempt(`docker run --rm ${option} busybox:1 true`)
    expect(code, err).toBeGreaterThan(0)
    expect(err).toMatch(/operation not permitted|no such file|error gathering device/i)
  })

  test('the host and the neighbour see nothing of it', async () => {
    expect(await place.look()).toEqual(before)
  })
})

describe('places outside its disk', () => {
  test('each mount is its own disk, memory of its own, or one that nobody can write to', async () => {
    const out = await sh(place.attacker, 'cut -d " " -f 5- /proc/1/mountinfo')
    const other = out.split('\n').filter((line) => {
      const [point = '', , ...rest] = line.split(' ')
      const [type = '', source = '', options = ''] = rest.slice(rest.indexOf('-') + 1)
      if (['tmpfs', 'proc', 'sysfs', 'cgroup', 'cgroup2', 'devpts', 'mqueue', 'nsfs'].includes(type))
        return false
      if (['erofs', 'squashfs'].includes(type)) return !/^ro(,|$)/.test(options)
      if (type === 'devtmpfs') return !/^\/dev\/(null|zero|full|random|urandom|tty)$/.test(point)
      if (type === 'overlay') return !/upperdir=\/data\/upper/.test(options)
      return !(type === 'ext4' && point === '/var/lib/docker' && source.startsWith('/dev/loop'))
    })
    expect(other).toEqual([])
  })

  test('hosts, host name and resolv.conf are files of its own disk', async () => {
    const devices = await sh(
      place.attacker,
      'stat -L -c %m /etc/hosts /etc/hostname /etc/resolv.conf | sort -u',
    )
    expect(devices).toBe('/')
  })

  test('what is poured into its small mounts ends at their size, or at the memory of who pours', async () => {
    for (const mount of ['/dev', '/dev/shm', '/run', '/sys/fs/cgroup']) {
      const { code, err } = await place.attempt(
        `if [ -d /sys/fs/cgroup/memory/student ]; then echo 0 > /sys/fs/cgroup/memory/student/cgroup.procs; elif [ -d /sys/fs/cgroup/student ]; then mkdir -p /sys/fs/cgroup/student/pour; echo 0 > /sys/fs/cgroup/student/pour/cgroup.procs; fi
        dd if=/dev/zero of=${mount}/poured bs=1M count=3000; exit $?`,
      )
      await sh(place.attacker, `rm -f ${mount}/poured`)
      expect(`${err} ended:${code}`, mount).toMatch(/No space left|ended:137|Permission denied|Read-only/)
    }
    expect((await place.attempt('docker run --rm busybox:1 true')).code).toBe(0)
  })

  test('a key cannot be put into the input of its terminal', async () => {
    const { stream, exit } = await place.attacker.exec({
      argv: ['/root/reach', 'type'],
      tty: { cols: 80, rows: 24 },
    })
    const said: Buffer[] = []
    for await (const chunk of stream) said.push(chunk)
    await exit
    expect(Buffer.concat(said).toString().trim()).toBe('type EIO')
  })

  test('the host and the neighbour see nothing of it', async () => {
    expect(await place.look()).toEqual(before)
  })
})
