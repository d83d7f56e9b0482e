import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sh } from '../suite-tools.ts'
import { type Beside, beside } from '../testing/beside.ts'
import { compiled, inBuilder } from '../testing/compiled.ts'
import { MARK } from '../testing/host-look.ts'
import { refusals, sameForRoot } from '../testing/refusals.ts'

// What a student with root tries against the kernel that all share.

let place: Beside
let program: Buffer
let before: object

beforeAll(async () => {
  place = await beside()
  program = await compiled('attack', place.host)
  await place.put(program, '/root/attack')
  before = await place.look()
})

afterAll(() => place.close())

const answers = (out: string) =>
  Object.fromEntries(
    out
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]),
  )

describe('system calls', () => {
  const ways = {
    'from a program of root': { wrapped: (argv: string) => argv },
    'from a container with all rights that it can get': {
      wrapped: (argv: string) =>
        `docker run --rm --cap-add ALL --pid host --network host --ipc host --uts host --cgroupns host --security-opt seccomp=unconfined -v /:/host -w /host/root busybox:1 /host${argv}`,
    },
    'from the end of a chain of user namespaces': {
      wrapped: (argv: string) =>
        `deeper() { if [ $1 = 0 ]; then ${argv}; else unshare -Urm bash -c "$(declare -f deeper); deeper $(($1 - 1))"; fi; }; deeper 12`,
      // Its root has no rights over the network that is there.
      otherwise: { families: '1 2 10 16' },
    },
  } satisfies Record<string, { wrapped: (argv: string) => string; otherwise?: Record<string, string> }>

  test.each(Object.entries(ways))('%s are answered as the table says', async (_, way) => {
    const { wrapped, otherwise } = { otherwise: {}, ...way }
    const { out, err } = await place.attempt(`cd /root; ${wrapped('/root/attack')}`)
    expect(answers(out), err).toEqual({ ...refusals, ...otherwise })
  })

  test('to root on the host each that does no harm is answered otherwise, so they were really tried', async () => {
    const rights =
      'SYS_ADMIN SYS_MODULE SYS_BOOT SYS_TIME SYS_RAWIO SYS_NICE SYS_PTRACE SYSLOG DAC_READ_SEARCH'
    const out = await inBuilder(
      place.host,
      'cat > /attack; chmod 755 /attack; /attack control; exit 0',
      program,
      {
        UsernsMode: 'host',
        CapAdd: rights.split(' '),
        SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
        DeviceCgroupRules: ['b *:* rwm', 'c *:* rwm'],
      },
    )
    const outside = answers(out.toString())
    const same = Object.entries(outside).filter(
      ([name, answer]) => refusals[name] === answer && answer !== 'allowed' && !sameForRoot.test(name),
    )
    expect(same).toEqual([])
    expect(Object.keys(outside).length).toBeGreaterThan(30)
    expect(outside.families?.split(' ')).toEqual(expect.arrayContaining(['38', '40']))
    expect(outside['families-high-bits']?.split(' ')).toEqual(expect.arrayContaining(['2', '40']))
  })

  test('the host and the neighbour see nothing of it', async () => {
    expect(await place.look()).toEqual(before)
  })
})

describe('file systems', () => {
  // The source is no file: busybox would want a loop device for it and fail before the kernel is asked.
  test('of those that the kernel has only those of a namespace are mounted', async () => {
    const out = await sh(
      place.attacker,
      `mkdir -p /mnt/m
      for type in $(awk '{ print $NF }' /proc/filesystems) no-such-type; do
        options=rw
        case $type in fuse) options=fd=0,rootmode=40000,user_id=0,group_id=0 ;; esac
        code=0
        why=$(LC_ALL=C /opt/drydock/bin/busybox mount -t $type -o $options none /mnt/m 2>&1) || code=$?
        if [ $code = 0 ]; then /opt/drydock/bin/busybox umount /mnt/m; why=mounted; fi
        echo "$type \${why##*: }"
      done`,
    )
    const said = out.split('\n').map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)])
    const those = (what: RegExp) => said.filter(([, why]) => what.test(why ?? '')).map(([type]) => type)
    expect(those(/^mounted$/).filter((type) => !/^(cgroup2?|cpuset|binfmt_misc)$/.test(type ?? ''))).toEqual([
      'tmpfs',
      'proc',
      'ramfs',
      'devpts',
      'mqueue',
    ])
    expect(those(/permission denied/)).toEqual(
      expect.arrayContaining(['sysfs', 'debugfs', 'bpf', 'devtmpfs', 'ext4', 'squashfs']),
    )
    expect(those(/No such device/)).toEqual(['no-such-type'])
  })

  test('a cgroup hierarchy shows its own part alone, in which nothing but the handed over can be written', async () => {
    const out = await sh(
      place.attacker,
      `for type in 'cgroup -o memory' 'cgroup -o rdma' 'cgroup -o none,name=${MARK}' cgroup2; do
        mkdir -p /mnt/c
        mount -t $type none /mnt/c 2> /dev/null || continue
        find /mnt/c -name release_agent
        cat /mnt/c/cgroup.procs > /root/procs
        [ "$(wc -l < /root/procs)" -lt 50 ]
        for file in cgroup.kill cgroup.freeze memory.limit_in_bytes memory.max notify_on_release; do
          [ ! -e /mnt/c/$file ] || ! (: >> /mnt/c/$file) 2> /dev/null || echo "$type $file"
        done
        umount /mnt/c
      done
      find /sys/fs/cgroup -name release_agent`,
    )
    expect(out).toBe('')
  })

  test('a tmpfs of 100 GB takes memory of its container alone', async () => {
    const { code, err } = await place.attempt(
      'docker run --rm --cap-add SYS_ADMIN busybox:1 sh -c "mkdir /t; mount -t tmpfs -o size=100g t /t && echo mounted >&2; dd if=/dev/zero of=/t/all bs=1M count=3000"',
    )
    expect(err).toMatch(/mounted/)
    expect(code, err).toBe(137)
    expect((await place.attempt('docker run --rm busybox:1 true')).code).toBe(0)
  })

  test('an overlay over the shared files writes beside them', async () => {
    await sh(
      place.attacker,
      `mkdir -p /var/lib/docker/o/{u,w} /mnt/o; cd /var/lib/docker/o
      mount -t overlay overlay -o lowerdir=/opt/golden/docker,upperdir=u,workdir=w,userxattr /mnt/o
      rm -r /mnt/o/image; echo ${MARK} > /mnt/o/${MARK}; grep -q ${MARK} u/${MARK}; umount /mnt/o; rm -r /var/lib/docker/o`,
    )
    for (const sandbox of [place.attacker, place.neighbour])
      expect(await sh(sandbox, `ls -d /opt/golden/docker/{image,${MARK}} 2> /dev/null || :`)).toBe(
        '/opt/golden/docker/image',
      )
  })

  test('the host and the neighbour see nothing of it', async () => {
    expect(await place.look()).toEqual(before)
  })
})

describe('settings of the kernel', () => {
  /** What belongs to a namespace of the sandbox, or, as memory pressure, does no more than tell. */
  const own =
    /^\/proc\/(sys\/(net\/|fs\/mqueue\/|fs\/binfmt_misc\/|kernel\/(auto_msgmni|msg|sem|shm|ns_last_pid$|pid_max$|hostname$|domainname$))|pressure\/)|^\/sys\/(fs\/cgroup\/|(devices\/virtual|class)\/net\/)/

  test('of all files in /proc and /sys only those of its namespaces can be opened for writing', async () => {
    const out = await sh(
      place.attacker,
      `mount -o remount,rw,bind /sys || :; mount -o remount,rw /sys 2> /dev/null || :
      { find /proc/sys /sys -type f; find /proc -path '/proc/[0-9]*' -prune -o -path /proc/sys -prune -o -type f -print; } 2> /dev/null |
        while read -r file; do if { : >> $file; } 2> /dev/null; then echo $file; fi; done`,
    )
    const files = out.split('\n')
    expect(files).toContain('/proc/sys/net/ipv4/ip_forward')
    expect(files).toContain('/proc/sys/kernel/sem')
    expect(files.filter((file) => !own.test(file))).toEqual([])
  })

  test('the limits of its cgroups are not among them', async () => {
    const out = await sh(
      place.attacker,
      "cd /sys/fs/cgroup; for file in $(find . -maxdepth 2 -type f -not -path './*/*/*' -not -path './init/*'); do if { : >> $file; } 2> /dev/null; then basename $file; fi; done | sort -u",
    )
    const handedOver = ['cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads', 'memory.oom.group']
    expect([...handedOver, 'memory.reclaim', 'tasks']).toEqual(expect.arrayContaining(out.split('\n')))
  })

  test('what is written in a namespace stays in it', async () => {
    await sh(
      place.attacker,
      `hostname ${MARK}; echo 1000 > /proc/sys/kernel/msgmax; echo 5000 > /proc/sys/kernel/pid_max || :
      iptables -N ${MARK}; iptables -P FORWARD DROP; ip link add ${MARK} type dummy || ip link add ${MARK} type bridge
      ip addr flush dev docker0; sysctl -qw net.ipv4.ip_forward=0`,
    )
  })

  test("the kernel's memory, its log and its addresses cannot be read", async () => {
    const secret = 'kcore kmsg slabinfo timer_list vmallocinfo kpagecount kpageflags kpagecgroup pagetypeinfo'
    const out = await sh(
      place.attacker,
      `head -c 1 /proc/stat > /dev/null
      for file in ${secret}; do if head -c 1 /proc/$file > /dev/null 2>&1; then echo $file; fi; done
      cut -d ' ' -f 1 /proc/kallsyms | sort -u; cut -d : -f 1 /proc/iomem | tr -d ' ' | sort -u`,
    )
    expect(new Set(out.split('\n').map((line) => line.replaceAll(/[0-]+/g, '0')))).toEqual(new Set(['0']))
  })

  test('no devices but the harmless ones', async () => {
    const devices = await sh(
      place.attacker,
      'find /dev -xdev | while read -r f; do if [ -b $f ] || [ -c $f ]; then echo $f; fi; done | sort',
    )
    expect(devices.split('\n')).toEqual(
      ['full', 'null', 'ptmx', 'random', 'tty', 'urandom', 'zero'].map((name) => `/dev/${name}`),
    )
  })

  test('the host and the neighbour see nothing of it', async () => {
    expect(await place.look()).toEqual(before)
  })
})
