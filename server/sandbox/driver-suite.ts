import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DrydockError } from '../errors.ts'
import { checkpointName } from './checkpoint-name.ts'
import type { Sandbox, SandboxDriver, StartStep } from './sandbox-driver.ts'
import { studentEngineSuite } from './student-engine-suite.ts'
import { askEngine, eventually, newSpec, run, sh, shellEnv } from './suite-tools.ts'

/** What the suite needs beside the driver: the ways of the outside world. */
export interface DriverHarness {
  driver: SandboxDriver
  /** Ends a sandbox the hard way, as a fault of the host would. */
  kill(id: string): Promise<void>
  /** Everything on the host that still bears this sandbox's id, one line each. */
  leftovers(id: string): Promise<string[]>
  /** Called after the driver was closed. */
  dispose?(): Promise<void>
}

const MiB = 1 << 20

/** What every driver must do, on real sandboxes. */
export function driverSuite(name: string, open: () => Promise<DriverHarness>) {
  describe(name, { timeout: 60_000 }, () => {
    let harness: DriverHarness
    let driver: SandboxDriver
    let sandbox: Sandbox
    const steps: StartStep[] = []

    beforeAll(async () => {
      harness = await open()
      driver = harness.driver
      await driver.prepare()
      sandbox = await driver.create(newSpec(), { onStep: (step) => steps.push(step) })
    }, 240_000)

    afterAll(async () => {
      await driver.sweep(new Set())
      await driver.close()
      await harness.dispose?.()
    }, 60_000)

    describe('start', () => {
      test('the engine answers as soon as the start resolves, and the steps were told in order', async () => {
        expect(await askEngine(sandbox, '/_ping')).toMatch(/^HTTP\/1\.1 200 [\s\S]*OK$/)
        expect(steps.map(({ name }) => name)).toEqual(['disk', 'sandbox', 'engine'])
      })

      test('host name and message of the day are those of the spec', async () => {
        expect(await sh(sandbox, 'hostname; cat /etc/motd')).toBe('harbour\nWelcome to the harbour')
      })

      test('one that was started ahead takes the names of a lab and keeps them', async () => {
        const ahead = await driver.create(newSpec({ hostname: 'nobody', pooled: true }))
        const motd = 'Välkommen $(id) "\'\\ to the quay\n\nImages: busybox:1'
        await ahead.claim({ hostname: 'quay', motd })
        const names = 'hostname; cat /etc/hostname; tail -n 1 /etc/hosts; cat /etc/motd'
        const claimed = `quay\nquay\n127.0.1.1 quay\n${motd}`
        expect(await sh(ahead, names)).toBe(claimed)
        expect((await ahead.changes()).mounts).toEqual([])
        const seen = async (of: Sandbox) => {
          const { files, mounts, unmounted } = await of.witness()
          return { files: files.map(({ path }) => path).sort(), mounts, unmounted }
        }
        expect(await seen(ahead), 'a claim changes nothing that a start does not').toEqual(
          await seen(sandbox),
        )
        await expect(ahead.claim({ hostname: 'a b', motd })).rejects.toThrow(/not a host name/)
        // What a student makes of the files leads nowhere outside.
        await sh(ahead, 'ln -sf /home/student/elsewhere /etc/motd')
        await harness.kill(ahead.id)
        await expect(ahead.claim({ hostname: 'late', motd })).rejects.toMatchObject({ code: 'sandbox-gone' })
        expect(await sh(await driver.restart(ahead.id), names)).toBe(claimed)
        await ahead.destroy()
        expect(await harness.leftovers(ahead.id)).toEqual([])
      })

      test('its clock is ours only where its kernel is', async () => {
        const kernel = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
        const own = (await sh(sandbox, 'cat /proc/sys/kernel/random/boot_id')).trim() === kernel.trim()
        expect(sandbox.sharesClock).toBe(own)
        expect((await driver.get(sandbox.id))?.sharesClock).toBe(own)
      })

      test('the student is in the docker group and may become root', async () => {
        expect(await sh(sandbox, 'id -un; id -nG; sudo id -u', 'student')).toBe(
          'student\nstudent sudo docker\n0',
        )
      })

      test('an aborted start leaves nothing', async () => {
        const spec = newSpec()
        const abort = new AbortController()
        const started = driver.create(spec, { signal: abort.signal, onStep: () => abort.abort() })
        await expect(started).rejects.toMatchObject({ code: 'sandbox-failed' })
        expect(await harness.leftovers(spec.id)).toEqual([])
        expect(await driver.list()).not.toContain(spec.id)
      })

      test('a second sandbox of the same id is refused and the first lives on', async () => {
        await expect(driver.create(newSpec({ id: sandbox.id }))).rejects.toBeInstanceOf(DrydockError)
        expect(await askEngine(sandbox, '/_ping')).toContain('200')
      })
    })

    describe('exec', () => {
      test.each([
        [0, ['/bin/true']],
        [3, ['/bin/sh', '-c', 'exit 3']],
        [127, ['/no/such/program']],
        [137, ['/bin/sh', '-c', 'kill -9 $$']],
      ])('exit code %i', async (code, argv) => {
        expect(await run(sandbox, argv)).toMatchObject({ code })
      })

      test('the environment is empty or exactly the one given, the directory too', async () => {
        expect((await run(sandbox, ['/usr/bin/env'])).out).toBe('')
        const { stream, exit } = await sandbox.exec({
          argv: ['/bin/sh', '-c', 'pwd; /usr/bin/env'],
          env: { A: 'x y', B: '' },
          cwd: '/home/student',
          user: 'student',
        })
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk)
        expect(Buffer.concat(chunks).toString().split('\n').sort()).toEqual([
          '',
          '/home/student',
          'A=x y',
          'B=',
          'PWD=/home/student',
        ])
        expect(await exit).toBe(0)
      })

      test('standard error is apart from standard output', async () => {
        const ran = await run(sandbox, ['/bin/sh', '-c', 'echo out; echo err >&2'])
        expect(ran).toEqual({ code: 0, out: 'out\n', err: 'err\n' })
      })

      test('any bytes go in and come out, and end-of-file is passed on', async () => {
        const bytes = Buffer.concat([
          Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
          randomBytes(3 * MiB),
        ])
        const { stream, exit } = await sandbox.exec({ argv: ['/bin/cat'] })
        stream.end(bytes)
        const back: Buffer[] = []
        for await (const chunk of stream) back.push(chunk)
        expect(Buffer.concat(back).equals(bytes)).toBe(true)
        expect(await exit).toBe(0)
      })

      test('a reader that stands still holds the program, and loses nothing', async () => {
        const held = await sandbox.exec({
          argv: ['/bin/sh', '-c', 'head -c 64M /dev/zero && touch /tmp/all-written'],
        })
        held.stream.pause()
        // By the time as much has come through beside it, an unheld program would long have ended.
        const free = await sandbox.exec({ argv: ['/bin/sh', '-c', 'head -c 64M /dev/zero'] })
        let bytes = 0
        for await (const chunk of free.stream) bytes += chunk.length
        expect(bytes).toBe(64 * MiB)
        expect((await run(sandbox, ['/bin/ls', '/tmp/all-written'])).code).not.toBe(0)
        expect(held.stream.readableLength).toBeLessThan(MiB)
        const hash = createHash('md5')
        for await (const chunk of held.stream) hash.update(chunk)
        expect(hash.digest('hex')).toBe(
          createHash('md5')
            .update(Buffer.alloc(64 * MiB))
            .digest('hex'),
        )
        expect(await held.exit).toBe(0)
      })

      test('a terminal has its size before the program starts, and takes a new one', async () => {
        const { stream, exit, resize } = await sandbox.exec({
          argv: ['/bin/sh', '-c', '/usr/bin/stty size; read line; /usr/bin/stty size'],
          env: shellEnv,
          tty: { cols: 101, rows: 33 },
        })
        let seen = ''
        stream.on('data', (chunk: Buffer) => {
          seen += chunk.toString()
        })
        await eventually(async () => {
          await new Promise(setImmediate)
          return seen.includes('\n')
        })
        expect(seen).toBe('33 101\r\n')
        await resize(80, 24)
        stream.write('go\n')
        expect(await exit).toBe(0)
        expect(seen).toContain('24 80\r\n')
        await resize(90, 30)
      })

      test('giving up the stream ends the program, with a terminal and without', async () => {
        for (const tty of [{ cols: 80, rows: 24 }, undefined]) {
          const mark = `9${randomBytes(3).readUIntBE(0, 3)}`
          const { stream, exit } = await sandbox.exec({ argv: ['/bin/sleep', mark], tty })
          await eventually(
            async () => (await run(sandbox, ['/usr/bin/pgrep', '-f', `sleep ${mark}`])).code === 0,
          )
          stream.destroy()
          await exit
          expect((await run(sandbox, ['/usr/bin/pgrep', '-f', `sleep ${mark}`])).code).toBe(1)
        }
      })

      test('a signal ends the program', async () => {
        const abort = new AbortController()
        const { exit } = await sandbox.exec({ argv: ['/bin/sleep', '600'], signal: abort.signal })
        abort.abort()
        expect(await exit).not.toBe(0)
      })
    })

    studentEngineSuite(() => ({ ...harness, sandbox }))

    describe('from outside', () => {
      test('stats', async () => {
        const stats = await sandbox.stats()
        expect(stats.memoryLimitBytes).toBe(1024 * MiB)
        expect(stats.memoryBytes).toBeGreaterThan(10 * MiB)
        expect(stats.memoryBytes).toBeLessThan(stats.memoryLimitBytes)
        expect(stats.pids).toBeGreaterThan(5)
        expect(stats.cpuNanos).toBeGreaterThan(1e8)
        expect(stats.diskLimitBytes).toBeGreaterThan(3 * 1024 * MiB)
        // The same of all together, in one look.
        const used = (await driver.usage()).find((each) => each.sandbox === sandbox.id)
        expect(used?.memoryBytes).toBeGreaterThan(stats.memoryBytes / 2)
        expect(used?.memoryBytes).toBeLessThan(stats.memoryBytes * 2)
        expect(used?.cpuNanos).toBeGreaterThanOrEqual(stats.cpuNanos)
        expect(used?.cpuNanos).toBeLessThan(stats.cpuNanos + 60e9)
        const yields = async () => (await driver.usage()).find((each) => each.sandbox === sandbox.id)?.yields
        expect(await yields()).toBe(false)
        await driver.yieldCpu(sandbox.id, true)
        expect(await yields()).toBe(true)
        await driver.yieldCpu(sandbox.id, false)
        expect(await yields()).toBe(false)
        const more = 32 * MiB
        await sh(sandbox, `head -c ${more} /dev/urandom > /home/student/ballast; sync`)
        expect((await sandbox.stats()).diskBytes).toBeGreaterThan(stats.diskBytes + more - MiB)
        await sh(sandbox, 'rm /home/student/ballast')
      })

      test('changes name what differs from the image, with any file name, system directories first', async () => {
        await sh(
          sandbox,
          `touch /usr/bin/docker /home/student/$'new\\nline'; touch $(seq -f /tmp/many-%g 3000)`,
        )
        const { paths, truncated } = await sandbox.changes()
        expect(paths).toContain('/usr/bin/docker')
        expect(paths).toHaveLength(2000)
        expect(truncated).toBe(true)
        await sh(sandbox, 'rm -rf /tmp/many-*')
        const after = await sandbox.changes()
        expect(after.truncated).toBe(false)
        expect(after.paths).toContain('/home/student/new\nline')
      })

      test('changes name mounts over the tools, also the second on one place, not those of the engine', async () => {
        await sh(sandbox, 'docker run -d --name idle busybox:1 sleep 600')
        expect((await sandbox.changes()).mounts).toEqual([])
        await sh(sandbox, 'mount --bind /usr/bin/true /usr/bin/docker; mount --bind /tmp /opt/drydock')
        // The tools are hidden now, so nothing more can be asked of this sandbox from inside.
        expect((await sandbox.changes()).mounts.sort()).toEqual(['/opt/drydock', '/usr/bin/docker'])
        await sandbox.destroy()
        sandbox = await driver.create(newSpec())
      })

      test('lists and finds what is there, and only that', async () => {
        expect(await driver.list()).toContain(sandbox.id)
        const found = await driver.get(sandbox.id)
        expect(await found?.state()).toBe('running')
        expect(await driver.get('0123456789abcdef')).toBeUndefined()
        await expect(driver.restart('0123456789abcdef')).rejects.toMatchObject({ code: 'sandbox-gone' })
      })
    })

    describe('checkpoint and restart', () => {
      test('a sandbox from a checkpoint has its files, images and containers; the first goes on', async () => {
        await sh(
          sandbox,
          `docker volume create hold && docker run --name filled -v hold:/v busybox:1 sh -c 'echo cargo > /v/x'
          docker run -d --name always --restart always busybox:1 sleep 600; docker run -d --name plain busybox:1 sleep 600; echo kept > /home/student/note; docker tag busybox:1 mine:2`,
        )
        const checkpoint = checkpointName(sandbox.id)
        const taken = sandbox.checkpoint(checkpoint)
        // Whoever comes meanwhile is served, also one that is just beginning.
        expect(await sh(sandbox, 'echo served')).toBe('served')
        const { diskBytes } = await sandbox.stats()
        const { bytes, stoodStill } = await taken
        expect(bytes).toBeGreaterThan(diskBytes / 2)
        expect(bytes).toBeLessThan(diskBytes * 2 + 8 * MiB)
        expect(stoodStill.to).toBeGreaterThan(stoodStill.from)
        const [listed] = await driver.checkpoints()
        expect(listed).toMatchObject({ name: checkpoint, sandbox: sandbox.id })
        // The host's file system writes down a moment later what a copy really takes.
        expect(Math.abs((listed?.bytes ?? 0) - bytes)).toBeLessThan(MiB)
        expect(await askEngine(sandbox, '/_ping')).toContain('200')
        await sh(sandbox, 'echo later > /home/student/note')
        const copy = await driver.create(newSpec({ checkpoint }))
        expect(await sh(copy, 'cat /home/student/note; docker run --rm -v hold:/v mine:2 cat /v/x')).toBe(
          'kept\ncargo',
        )
        // By the 255 a lab's resume.sh tells what was switched off from what had ended.
        const states =
          "docker inspect -f '{{.Name}} {{.State.Status}} {{.State.ExitCode}}' always filled plain"
        expect(await sh(copy, states)).toBe('/always running 0\n/filled exited 0\n/plain exited 255')
        await copy.destroy()
        await sh(sandbox, 'docker rm -f plain')
        await expect(sandbox.checkpoint(checkpoint)).rejects.toThrow(/there is such a checkpoint/)
        await driver.removeCheckpoint(checkpoint)
        await driver.removeCheckpoint(checkpoint)
        expect(await driver.checkpoints()).toEqual([])
        await expect(driver.create(newSpec({ checkpoint }))).rejects.toMatchObject({ code: 'sandbox-failed' })
      })

      test('a killed sandbox starts again on its disk, with its limits', async () => {
        await sh(sandbox, 'echo survives > /home/student/mark; sync')
        await harness.kill(sandbox.id)
        expect(await sandbox.state()).toBe('stopped')
        await expect(sandbox.exec({ argv: ['/bin/true'] })).rejects.toMatchObject({ code: 'sandbox-gone' })
        sandbox = await driver.restart(sandbox.id)
        expect(await askEngine(sandbox, '/_ping')).toContain('200')
        expect(await sh(sandbox, 'cat /home/student/mark; cat /proc/sys/user/max_net_namespaces')).toBe(
          'survives\n40',
        )
        await eventually(async () => (await sh(sandbox, "docker ps --format '{{.Names}}'")) === 'always')
        await sh(sandbox, 'docker run --rm busybox:1 true')
      })

      test('starting one that runs changes nothing', async () => {
        const program = await sandbox.exec({ argv: ['/bin/cat'] })
        await driver.restart(sandbox.id)
        program.stream.end()
        expect(await program.exit).toBe(0)
      })
    })

    describe('end', () => {
      test('destroy leaves nothing, may be called again, and ends what ran', async () => {
        const spec = newSpec()
        const own = await driver.create(spec)
        await sh(own, 'docker run -d busybox:1 sleep 600')
        const program = await own.exec({ argv: ['/bin/sleep', '600'] })
        await own.destroy()
        expect(await program.exit).not.toBe(0)
        expect(await harness.leftovers(spec.id)).toEqual([])
        expect(await own.state()).toBe('gone')
        await expect(own.exec({ argv: ['/bin/true'] })).rejects.toMatchObject({ code: 'sandbox-gone' })
        await expect(own.stats()).rejects.toMatchObject({ code: 'sandbox-gone' })
        await expect(own.changes()).rejects.toMatchObject({ code: 'sandbox-gone' })
        await expect(own.checkpoint(checkpointName(own.id))).rejects.toMatchObject({ code: 'sandbox-gone' })
        await own.destroy()
      })

      test('a sweep removes what is not kept and nothing else', async () => {
        const spec = newSpec()
        const swept = await driver.create(spec)
        const [kept, nobodys] = [checkpointName(spec.id), checkpointName(spec.id)]
        for (const name of [kept, nobodys]) await swept.checkpoint(name)
        const report = await driver.sweep(new Set([sandbox.id]), new Set([kept]))
        expect(report.checkpoints).toEqual([nobodys])
        expect((await driver.checkpoints()).map(({ name }) => name)).toEqual([kept])
        expect(report.containers).toHaveLength(1)
        expect(report.disks).toEqual([spec.id])
        expect(await harness.leftovers(spec.id)).toEqual([])
        expect(await askEngine(sandbox, '/_ping')).toContain('200')
        expect(await driver.sweep(new Set([sandbox.id]), 'all')).toEqual({
          containers: [],
          disks: [],
          mounts: [],
          loops: [],
          checkpoints: [],
          cgroups: [],
          strangers: [],
        })
      })
    })
  })
}
