import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reserveLimits, sandboxLimits } from '../limits.ts'
import type { Sandbox } from '../sandbox-driver.ts'
import { askEngine, eventually, sh } from '../suite-tools.ts'
import { type Beside, beside } from '../testing/beside.ts'

// What a student with root tries against the others and the host. A start: the lines without which nothing else holds.

let place: Beside
let sandbox: Sandbox
let before: object

beforeAll(async () => {
  place = await beside()
  sandbox = place.attacker
  before = await place.look()
})

afterAll(() => place.close())

const attempt = (script: string) => place.attempt(script)

describe('files that all sandboxes share', () => {
  const places = ['/opt/golden', '/opt/drydock']
  const ways = {
    'a remount of the bind': (place: string) => `mount -o remount,rw,bind ${place}; touch ${place}/x`,
    'a remount of the file system': (place: string) => `mount -o remount,rw ${place}; touch ${place}/x`,
    'a bind copy': (place: string) =>
      `mkdir -p /mnt/c; mount --bind ${place} /mnt/c; mount -o remount,rw,bind /mnt/c; touch /mnt/c/x`,
    'a mount namespace': (place: string) =>
      `unshare -m sh -c 'mount -o remount,rw,bind ${place}; touch ${place}/x'`,
    'a user namespace': (place: string) =>
      `unshare -Urm sh -c 'mount -o remount,rw,bind ${place}; touch ${place}/x'`,
    'a container': (place: string) => `docker run --rm -v ${place}:/m busybox:1 touch /m/x`,
    'a layer of an image': () => 'touch $(findmnt -rno TARGET -t erofs,squashfs | grep -m 1 overlay2)/x',
  }

  test('the same remount works on a mount of its own, so the others fail for the right reason', async () => {
    const script = 'mkdir -p /mnt/own && mount -t tmpfs t /mnt/own && mount -o remount,ro,bind /mnt/own'
    expect(
      (
        await attempt(
          `${script} && ! touch /mnt/own/x && mount -o remount,rw,bind /mnt/own && touch /mnt/own/x`,
        )
      ).code,
    ).toBe(0)
  })

  test.each(places.flatMap((place) => Object.entries(ways).map(([way, script]) => ({ place, way, script }))))(
    '$place by $way',
    async ({ place, script }) => {
      const { code, err, out } = await attempt(script(place))
      expect(code, out + err).not.toBe(0)
      expect(err).toMatch(/Read-only file system/)
    },
  )
})

describe('limits', () => {
  const v2 = () => sh(sandbox, 'test -e /sys/fs/cgroup/cgroup.controllers && echo yes || echo no')

  test('its own cannot be raised', async () => {
    const files =
      (await v2()) === 'yes'
        ? ['memory.max', 'pids.max', 'cpu.max', 'cgroup.max.descendants']
        : ['memory/memory.limit_in_bytes', 'pids/pids.max', 'cpu/cpu.shares', 'devices/devices.allow']
    for (const file of files) {
      const { code, err } = await attempt(`echo 999999 > /sys/fs/cgroup/${file}`)
      expect(code, file).not.toBe(0)
      expect(err, file).toMatch(/Permission denied/)
    }
  })

  test('the caps of its namespaces cannot be raised', async () => {
    const { code } = await attempt('echo 100000 > /proc/sys/user/max_net_namespaces')
    expect(code).not.toBe(0)
    expect(await sh(sandbox, 'cat /proc/sys/user/max_net_namespaces')).toBe('40')
  })

  test('they hold for containers with larger ones, and the engine lives on', async () => {
    const { code } = await attempt('docker run --rm -m 4g busybox:1 tail /dev/zero')
    expect(code).toBe(137)
    expect(await askEngine(sandbox, '/_ping')).toContain('200')
  })

  test('a terminal runs in a cgroup of its own, below the sandbox', async () => {
    const shell = await sandbox.exec({ argv: ['/opt/drydock/bin/shell'], tty: { cols: 80, rows: 24 } })
    let seen = ''
    shell.stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
    })
    // More programs than a terminal may have; the next ones are refused.
    shell.stream.write(`sh -c 'i=0; while [ $i -lt 400 ]; do sleep 600 & i=$((i+1)); done'; echo ended:$?\n`)
    await eventually(async () => (await sh(sandbox, 'pgrep -cx sleep || :')) !== '0' && /ended:\d/.test(seen))
    expect(seen).toMatch(/[Cc]annot fork/)
    const running = Number(await sh(sandbox, 'pgrep -cx sleep'))
    expect(running).toBeLessThan(reserveLimits.shellPids.value)
    expect(running).toBeGreaterThan(reserveLimits.shellPids.value / 2)
    expect((await attempt('docker run --rm busybox:1 true')).code).toBe(0)
    shell.stream.destroy()
    await shell.exit
    await sh(sandbox, 'pkill -x sleep || :')
  })

  test('a full disk stops writing, not the engine, and is mended by removing files', async () => {
    expect((await attempt(`fallocate -l ${2 * sandboxLimits.disk.value} /root/all`)).err).toMatch(
      /No space left/,
    )
    await attempt(
      'rm -f /root/all; fallocate -l $(($(stat -f -c "%a * %S" /))) /root/all; cat /dev/zero > /root/rest',
    )
    expect((await attempt('docker run --name full busybox:1 true')).err).toMatch(/no space left/i)
    expect(await askEngine(sandbox, '/_ping')).toContain('200')
    await sh(sandbox, 'rm -f /root/all /root/rest; docker rm -f full || :; docker run --rm busybox:1 true')
  })

  test('the host and the neighbour see nothing of it', async () => {
    expect(await place.look()).toEqual(before)
  })
})
