import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { testHost } from '../../host/test-host.ts'
import { DockerSandboxDriver } from '../docker/docker-driver.ts'
import type { Sandbox } from '../sandbox-driver.ts'
import { eventually, newSpec, run, sh, shellEnv } from '../suite-tools.ts'

// The guest programs, where they run: in a sandbox.

let driver: DockerSandboxDriver
let sandbox: Sandbox

beforeAll(async () => {
  const { host, config } = await testHost()
  driver = new DockerSandboxDriver({ ...host, ...config, clock: systemClock, log: { info() {}, warn() {} } })
  sandbox = await driver.create(newSpec({ motd: 'Images: busybox:1\nTools: docker' }))
})

afterAll(async () => {
  await driver.sweep(new Set())
  await driver.close()
})

const hex = (text: string) => Buffer.from(text).toString('hex')
const deskSocket = '/run/drydock/answer.sock'

/** The desk, and its requests as they come. */
async function openDesk() {
  const desk = await sandbox.exec({ argv: ['/opt/drydock/bin/answer-desk'] })
  const requests = createInterface({ input: desk.stream })[Symbol.asyncIterator]()
  await eventually(async () => (await run(sandbox, ['/usr/bin/test', '-S', deskSocket])).code === 0)
  return {
    async next() {
      const [id = '', field = '', value = ''] = String((await requests.next()).value).split(' ')
      return { id, field: Buffer.from(field, 'hex').toString(), value: Buffer.from(value, 'hex').toString() }
    },
    reply: (id: string, taken: boolean, text: string) =>
      desk.stream.write(`${id} ${taken ? 1 : 0} ${hex(text)}\n`),
    write: (line: string) => desk.stream.write(line),
    async close() {
      desk.stream.end()
      expect(await desk.exit).toBe(0)
    },
  }
}

const answer = (...words: string[]) => run(sandbox, ['/usr/local/bin/answer', ...words], { user: 'student' })

describe('answer', () => {
  test('hands field and value in and tells what became of them', async () => {
    const desk = await openDesk()
    const given = answer('cause', 'out', 'of', 'memory; $(id) "ü"')
    const { id, field, value } = await desk.next()
    expect({ field, value }).toEqual({ field: 'cause', value: 'out of memory; $(id) "ü"' })
    desk.reply(id, true, 'Taken.\nWell done: ü')
    expect(await given).toMatchObject({ code: 0, out: 'Taken.\nWell done: ü\n' })

    const wrong = answer('cause', 'x')
    desk.reply((await desk.next()).id, false, 'There is no such field here.')
    expect(await wrong).toMatchObject({ code: 1, out: 'There is no such field here.\n' })
    await desk.close()
  })

  test('several at once, answered in another order', async () => {
    const desk = await openDesk()
    const values = ['one', 'two', 'three', 'four']
    const given = values.map((value) => answer('n', value))
    const requests = [await desk.next(), await desk.next(), await desk.next(), await desk.next()]
    for (const { id, value } of requests.reverse()) desk.reply(id, true, `got ${value}`)
    expect((await Promise.all(given)).map(({ out }) => out)).toEqual(values.map((value) => `got ${value}\n`))
    await desk.close()
  })

  test('lines that make no sense are passed over', async () => {
    const desk = await openDesk()
    const given = answer('n', 'x')
    const { id } = await desk.next()
    for (const line of ['\n', 'x y z\n', '99999 1 ff\n', `${'z'.repeat(9000)}\n`, `${id}\n`]) desk.write(line)
    desk.reply(id, true, 'ok')
    expect(await given).toMatchObject({ code: 0, out: 'ok\n' })
    await desk.close()
  })

  test('waits for a desk that is not open yet', async () => {
    const given = answer('n', 'x')
    const desk = await openDesk()
    desk.reply((await desk.next()).id, true, 'Taken.')
    expect(await given).toMatchObject({ code: 0, out: 'Taken.\n' })
    await desk.close()
  })

  test('bounds, usage, and nobody there', async () => {
    expect(await answer('field')).toMatchObject({ code: 2, err: expect.stringContaining('usage') })
    expect(await answer('n', 'x'.repeat(501))).toMatchObject({ code: 2, err: expect.stringContaining('500') })
    expect(await answer('n'.repeat(101), 'x')).toMatchObject({ code: 2, err: expect.stringContaining('100') })
    expect(await answer('n', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('Nobody') })
  })

  test('a request that breaks the protocol is dropped and the next is taken', async () => {
    const desk = await openDesk()
    const dial = ['/opt/drydock/bin/dial', deskSocket, '0']
    for (const input of ['', 'no value', '\0no field', `f\0${'x'.repeat(501)}`, `f\0${'x'.repeat(5000)}`])
      expect(await run(sandbox, dial, { input })).toMatchObject({ code: 0, out: '' })
    const given = answer('n', 'x'.repeat(500))
    const { id, value } = await desk.next()
    expect(value).toHaveLength(500)
    desk.reply(id, true, 'ok')
    expect((await given).code).toBe(0)
    await desk.close()
  })
})

describe('dial', () => {
  test('waits for a socket that is not there yet, and passes end-of-file on before the answer comes', async () => {
    await sh(sandbox, `rm -f ${deskSocket}`)
    const early = run(sandbox, ['/opt/drydock/bin/dial', deskSocket, '20000'], { input: 'field\0value' })
    const desk = await openDesk()
    const { id, value } = await desk.next()
    expect(value).toBe('value')
    desk.reply(id, true, 'late but there')
    expect(await early).toMatchObject({ code: 0, out: '1late but there' })
    await desk.close()
  })

  test('gives up when nobody listens', async () => {
    const ran = await run(sandbox, ['/opt/drydock/bin/dial', '/run/nobody.sock', '50'])
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('No such file') })
  })
})

describe('shell', () => {
  test('greets, prompts and stands in the student’s home, with a clean environment and in its cgroup', async () => {
    const { stream, exit } = await sandbox.exec({
      argv: ['/opt/drydock/bin/shell'],
      tty: { cols: 120, rows: 40 },
    })
    let seen = ''
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
    })
    const until = (mark: RegExp) =>
      eventually(async () => {
        await new Promise(setImmediate)
        return mark.test(seen)
      })
    await until(/\$ /)
    expect(seen).toContain('Images: busybox:1\r\nTools: docker\r\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
    expect(seen.replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, '')).toMatch(/student@harbour:~\$ $/)
    stream.write('echo "$(id -un) $PWD $TERM $(stty size) $(grep -c /shell /proc/self/cgroup)" ended\n')
    await until(/\d ended\r\n/)
    expect(seen).toMatch(/student \/home\/student xterm-256color 40 120 [1-9]\d* ended/)
    stream.write('docker netw\t')
    await until(/docker network /)
    stream.write('\x15exit 7\n')
    expect(await exit).toBe(7)
  })
})

describe('the first process', () => {
  test('puts names in order and leaves no file of the host in the root', async () => {
    expect(await sh(sandbox, 'getent hosts harbour | cut -d" " -f1; cat /etc/hostname')).toBe(
      '127.0.1.1\nharbour',
    )
    expect(await sh(sandbox, 'grep -c " /etc/" /proc/self/mountinfo || :')).toBe('0')
    expect(
      (await run(sandbox, ['/usr/bin/sudo', '-n', 'true'], { env: shellEnv, user: 'student' })).err,
    ).toBe('')
  })

  test('holds no descriptor of the old root', async () => {
    expect(await sh(sandbox, 'ls -l /proc/1/fd | grep -c /data || :')).toBe('0')
    expect(await sh(sandbox, 'ls -A /data; ls -d /.old 2>/dev/null || echo none')).toBe('none')
  })
})

describe('runc', () => {
  /** How long the deletion of a container takes whose cgroup a program of this script was in, in milliseconds. */
  async function deletion(id: string, script: string): Promise<number> {
    const said = await sh(
      sandbox,
      `cgroup=/sys/fs/cgroup/memory/student/${id}
      mkdir $cgroup && echo 8M > $cgroup/memory.limit_in_bytes
      (echo $BASHPID > $cgroup/cgroup.procs; ${script}) || true
      began=$(date +%s%3N); /opt/drydock/engine/runc delete --force ${id} || true; echo $(($(date +%s%3N) - began))
      rmdir $cgroup`,
    )
    return Number(said.split('\n').at(-1))
  }

  test('leaves containerd time to read of a kill before the cgroup is gone, and else does not wait', async () => {
    expect(await deletion('killed', 'head -c 64M /dev/zero | tail')).toBeGreaterThanOrEqual(250)
    expect(await deletion('ended', 'true')).toBeLessThan(250)
  })

  /** When these events of a container that was removed since came, in milliseconds. */
  async function events(name: string): Promise<Map<string, number>> {
    const told = await sh(
      sandbox,
      `docker events --since 1m --until $(($(date +%s) + 1)) --filter container=${name} --filter type=container --format '{{.Action}} {{.TimeNano}}'`,
    )
    return new Map(
      told.split('\n').map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1]) / 1e6]),
    )
  }

  test('is what the shims of the student engine start', async () => {
    await sh(
      sandbox,
      "docker run --name greedy --memory 32m --memory-swap 32m busybox:1 sh -c 'sleep 0.3; exec tail /dev/zero' || docker rm greedy",
    )
    const at = await events('greedy')
    expect([...at.keys()]).toEqual(expect.arrayContaining(['start', 'oom', 'die']))
    expect((at.get('die') ?? 0) - (at.get('oom') ?? 0)).toBeGreaterThan(200)
  })

  test('tells of a kill that nobody heard, once, and of none that was not', async () => {
    const id = await sh(sandbox, 'docker create --name unheard busybox:1')
    const tell = `/opt/drydock/tell-kill ${id} ${Math.floor(Date.now() / 1_000) - 60} $(date +%s.%N)`
    const count = `docker events --since 1m --until $(($(date +%s) + 1)) --filter container=unheard --filter event=oom --format {{.Action}} | wc -l`
    const group = `/sys/fs/cgroup/memory/student/${id}`
    expect(await sh(sandbox, `mkdir ${group}; ${tell} || ${count}`)).toBe('0')
    await sh(
      sandbox,
      `echo 8M > ${group}/memory.limit_in_bytes
      (echo $BASHPID > ${group}/cgroup.procs; head -c 64M /dev/zero | tail) || true
      ${tell}`,
    )
    await eventually(async () => (await events('unheard')).has('oom'))
    expect(await sh(sandbox, `${tell}; ${count}; rmdir ${group}; docker rm unheard > /dev/null`)).toBe('1')
  })
})
