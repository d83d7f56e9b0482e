import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reserveLimits, sandboxLimits } from '../limits.ts'
import { askEngine, eventually, sh } from '../suite-tools.ts'
import { type Beside, beside } from '../testing/beside.ts'

// What a student fills by mistake: a disk, memory, the number of processes. It ends there, and when it is removed all works again.

let place: Beside
let before: object

beforeAll(async () => {
  place = await beside()
  before = await place.look()
})

afterAll(() => place.close())

const works = async () => (await place.attempt('docker run --rm busybox:1 true')).code === 0
const neighbourWrites = () =>
  sh(place.neighbour, 'dd if=/dev/zero of=/var/tmp/own bs=1M count=20 conv=fsync; rm /var/tmp/own')

describe('disk', () => {
  /** Most of it reserved at once, the rest written: 4 GB of zeros would keep the whole machine busy. */
  const pour = (folder: string) =>
    `mkdir -p ${folder}; fallocate -l $(($(stat -f -c '%a * %S' ${folder}) - 32 * 1048576)) ${folder}/most; cat /dev/zero > ${folder}/rest`

  test.each([
    ['where the engine keeps its things', pour('/var/lib/docker/filled'), 'rm -r /var/lib/docker/filled'],
    ['/tmp', pour('/tmp/filled'), 'rm -r /tmp/filled'],
    ['the home', pour('/home/student/filled'), 'rm -r /home/student/filled'],
    [
      'a volume',
      `docker run --name filler -v full:/full busybox:1 sh -c "${pour('/full/filled').replaceAll('$', '\\$')}"`,
      'docker rm -f filler; docker volume rm full',
    ],
    [
      'the layer of a container',
      `docker run --name filler busybox:1 sh -c "${pour('/filled').replaceAll('$', '\\$')}"`,
      'docker rm -f filler',
    ],
    [
      'inodes',
      'mkdir /root/filled; cd /root/filled; seq $(($(stat -f -c %d /) + 1)) | xargs -n 20000 touch',
      'rm -r /root/filled',
    ],
  ])('%s: full there alone, and with files removed it works again', async (_, fill, remove) => {
    const { code, err } = await place.attempt(fill)
    expect(code, err).toBeGreaterThan(0)
    expect(err).toMatch(/No space left on device/)
    const more = 'docker run --rm busybox:1 dd if=/dev/zero of=/more bs=1M count=64'
    expect((await place.attempt(more)).err).toMatch(/no space left/i)
    expect(await askEngine(place.attacker, '/_ping')).toContain('200')
    await neighbourWrites()
    expect(await place.look()).toEqual(before)
    await sh(place.attacker, `${remove}; docker container prune -f`)
    expect(await works()).toBe(true)
    const { diskBytes } = await place.attacker.stats()
    expect(diskBytes).toBeLessThan(sandboxLimits.disk.value / 10)
  })
})

describe('memory', () => {
  test('a program of root that takes all is ended, again and again, and the engine lives on', async () => {
    const eaters = await Promise.all([1, 2, 3].map(() => place.attempt('tail /dev/zero')))
    for (const { code } of eaters) expect(code).toBe(137)
    await neighbourWrites()
    await eventually(works)
    expect(await place.look()).toEqual(before)
  })

  test('what a nested cgroup allows above that is not to be had', async () => {
    const { code, out, err } = await place.attempt(`
      cd /sys/fs/cgroup; [ ! -d memory ] || cd memory; mkdir nested
      for file in memory.max memory.limit_in_bytes; do [ ! -e nested/$file ] || echo 4G > nested/$file; done
      cat nested/memory.max nested/memory.limit_in_bytes 2> /dev/null
      (echo 0 > nested/cgroup.procs; exec tail /dev/zero); code=$?
      rmdir nested; exit $code`)
    expect(out.trim(), err).toBe(String(4 * 2 ** 30))
    expect(code).toBe(137)
    expect(await place.look()).toEqual(before)
  })
})

describe('processes', () => {
  test('a bomb in a container stops at its limit, and the container can be removed', async () => {
    await sh(
      place.attacker,
      "docker run -d --name bomb busybox:1 sh -c 'bomb() { bomb | bomb & }; bomb; sleep 600'",
    )
    const pids = () => place.attacker.stats().then((stats) => stats.pids)
    await eventually(async () => (await pids()) > reserveLimits.studentPids.value * 0.8)
    expect(await pids()).toBeLessThan(sandboxLimits.pids.value)
    await neighbourWrites()
    expect(await place.look()).toEqual(before)
    await sh(place.attacker, 'docker rm -f bomb')
    expect(await works()).toBe(true)
  })
})
