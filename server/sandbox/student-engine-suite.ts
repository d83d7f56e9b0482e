import { beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox, SandboxDriver } from './sandbox-driver.ts'
import { askEngine, eventually, newSpec, run, sh, shellEnv } from './suite-tools.ts'

interface Opened {
  driver: SandboxDriver
  sandbox: Sandbox
  kill(id: string): Promise<void>
}

/** What a student finds in the engine of every driver's sandboxes: part of the driver suite. */
export function studentEngineSuite(open: () => Opened) {
  let { driver, sandbox, kill } = {} as Opened
  beforeAll(() => {
    ;({ driver, sandbox, kill } = open())
  })

  describe('the student engine', () => {
    test('takes connections side by side', async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => askEngine(sandbox, '/version')))
      for (const answer of answers) expect(answer).toContain('"ApiVersion"')
    })

    test('runs containers with the exit codes of their programs', async () => {
      const { code } = await run(
        sandbox,
        ['/usr/bin/docker', 'run', '--rm', 'busybox:1', 'sh', '-c', 'exit 42'],
        { env: shellEnv },
      )
      expect(code).toBe(42)
    })

    test('a container over its memory limit ends with 137 and an oom event', async () => {
      const began = Math.floor(Date.now() / 1000) - 1
      const { code } = await run(
        sandbox,
        ['/usr/bin/docker', 'run', '--name', 'eater', '-m', '32m', 'busybox:1', 'tail', '/dev/zero'],
        { env: shellEnv },
      )
      expect(code).toBe(137)
      const events = await sh(
        sandbox,
        `docker events --since ${began} --until $(($(date +%s) + 1)) --filter container=eater --format '{{.Action}}'`,
      )
      expect(events.split('\n')).toEqual(expect.arrayContaining(['start', 'oom', 'die']))
      await sh(sandbox, 'docker rm eater')
    })

    test('resolves names on a user-defined bridge', async () => {
      await sh(
        sandbox,
        'docker network create quay && docker run -d --name crane --network quay busybox:1 sleep 600',
      )
      const reply = await sh(sandbox, 'docker run --rm --network quay busybox:1 ping -c 1 crane')
      expect(reply).toContain('1 packets received')
      await sh(sandbox, 'docker rm -f crane && docker network rm quay')
    })

    test('publishes a port by which curl gets in', async () => {
      await sh(
        sandbox,
        'docker run -d --name web -p 8080:80 busybox:1 sh -c "echo ahoy > /index.html; exec httpd -f -h /"',
      )
      await eventually(
        async () => (await run(sandbox, ['/usr/bin/curl', '-sf', 'localhost:8080'], {})).out === 'ahoy\n',
      )
      await sh(sandbox, 'docker rm -f web')
    })

    test('builds an image on one of the store', async () => {
      await sh(
        sandbox,
        `mkdir -p /tmp/build && cd /tmp/build && printf 'FROM busybox:1\\nRUN echo built > /mark && rm /bin/vi\\n' > Dockerfile
          docker build -q -t mine:1 .`,
      )
      expect(
        await sh(sandbox, 'docker run --rm mine:1 sh -c "cat /mark; ls /bin/vi 2>/dev/null || echo no vi"'),
      ).toBe('built\nno vi')
      // The layer holds what it changed, not a copy of the image below.
      const sizes = await sh(sandbox, 'docker history --human=false --format "{{.Size}}" mine:1 | head -1')
      expect(Number(sizes)).toBeLessThan(100)
    })

    test('has compose', async () => {
      await sh(
        sandbox,
        `mkdir -p /tmp/stack && cd /tmp/stack && printf 'services:\\n  one:\\n    image: busybox:1\\n    command: sleep 600\\n' > compose.yml
          docker compose up -d`,
      )
      expect(
        await sh(sandbox, 'cd /tmp/stack && docker compose ps --services && docker compose down -t 0'),
      ).toContain('one')
    })

    test('removes an image of the store and starts again without it', async () => {
      const spec = newSpec()
      const own = await driver.create(spec)
      await sh(own, 'docker rmi busybox:1')
      await kill(spec.id)
      const again = await driver.restart(spec.id)
      expect(await sh(again, 'docker images -q busybox:1')).toBe('')
      expect(Number(await sh(again, 'docker images -q | wc -l'))).toBeGreaterThan(0)
      await again.destroy()
    })
  })

  describe('supervision', () => {
    test.each(['dockerd', 'containerd'])(
      'a killed %s comes back while other programs live on',
      async (victim) => {
        const other = await sandbox.exec({ argv: ['/bin/cat'] })
        const [before] = (await sh(sandbox, `pgrep -xo ${victim}`)).split('\n')
        await sh(sandbox, `kill -9 ${before}`)
        await eventually(async () => {
          const { code, out } = await run(sandbox, ['/usr/bin/pgrep', '-xo', victim])
          return code === 0 && out.trim() !== before
        })
        await eventually(
          async () =>
            (
              await run(sandbox, ['/usr/bin/docker', 'run', '--rm', 'busybox:1', 'true'], {
                env: shellEnv,
              })
            ).code === 0,
        )
        other.stream.end('still here')
        const chunks: Buffer[] = []
        for await (const chunk of other.stream) chunks.push(chunk)
        expect(Buffer.concat(chunks).toString()).toBe('still here')
      },
    )

    test('no signal from inside ends the first process', async () => {
      await run(sandbox, ['/bin/kill', '-TERM', '1'])
      await run(sandbox, ['/bin/kill', '-KILL', '1'])
      expect(await askEngine(sandbox, '/_ping')).toContain('200')
      expect(await sandbox.state()).toBe('running')
    })

    test('orphans are reaped', async () => {
      await run(sandbox, ['/bin/sh', '-c', '(sleep 0.1 &) ; exit 0'])
      await eventually(
        async () => (await run(sandbox, ['/usr/bin/pgrep', '-x', 'sleep', '-r', 'Z'])).code === 1,
      )
    })
  })
}
