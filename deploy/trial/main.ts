import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { makeOrdinaryBase, ORDINARY_BASE } from '../../server/host/images/ordinary-base.ts'
import { engineLayout } from '../../server/host/own-engine/layout.ts'
import { unmountBelow } from '../../server/host/own-engine/mounts.ts'
import { startOwnEngine } from '../../server/host/own-engine/start.ts'
import { stopOwnEngine } from '../../server/host/own-engine/stop.ts'
import { ensurePrograms } from '../../server/host/programs.ts'
import { lineReport } from '../../server/host/report.ts'
import { run } from '../../server/host/run.ts'
import { openBrowser } from '../../web/e2e/browser.ts'
import { endLab, openShell, seeLab, solveLab, startLab } from './lab.ts'
import { fetchCompose } from './plugin.ts'
import { loopsOver, stillThere, tracesOf } from './traces.ts'

// `docker compose up` for real, as root on Debian: on an ordinary engine made for it, in a network namespace of its own, beside
// whatever runs here. A lab is solved in a browser, the engine's container is started anew, and `down -v` must leave nothing.

const root = resolve(import.meta.dirname, '../..')
const CA = '/etc/ssl/certs/ca-certificates.crt'
const PROGRAMS = [
  { name: 'dockerd', packages: ['docker.io'] },
  { name: 'slirp4netns', packages: ['slirp4netns'] },
  { name: 'chromium', packages: ['chromium'] },
]
const PROXY = ['-f', 'docker-compose.yml', '-f', 'deploy/caddy/docker-compose.yml']
const PASSWORD = 'correct horse battery staple'

const report = lineReport(console.log)
const place = await mkdtemp(join(tmpdir(), 'drydock-trial-'))
const layout = engineLayout({ engineDir: join(place, 'engine'), runDir: join(place, 'run') })
const group = `drydock-trial-${randomBytes(3).toString('hex')}`
const settings: Record<string, string> = {
  DOCKER_HOST: `unix://${layout.socket}`,
  DRYDOCK_BASE: ORDINARY_BASE,
  DRYDOCK_BUILD_CA: existsSync(CA) ? CA : '/dev/null',
}

/** `docker compose` with the settings of now, in the repository; answers with the last of its output. */
async function compose(...args: string[]): Promise<string> {
  const env = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  return await run(['env', ...env, 'docker', 'compose', ...args], { cwd: root, timeoutMs: 1_500_000 })
}

/** A program in the engine's network namespace. */
const inside = (...argv: string[]) => run(['nsenter', `--net=${layout.namespacePath}`, ...argv])

/** Which sandboxes run, and since when. */
const sandboxesRun = async () => {
  const ask = 'docker -H unix:///run/drydock/docker.sock'
  const all = `${ask} ps -q --filter label=drydock.kind=sandbox | sort`
  return await compose(
    'exec',
    '-T',
    'engine',
    'sh',
    '-c',
    `${ask} inspect -f '{{.Id}} {{.State.StartedAt}}' $(${all})`,
  )
}

/** Chromium in the engine's network namespace, where its ports are published. */
async function browserThere() {
  const program = join(place, 'chromium')
  await writeFile(program, `#!/bin/sh\nexec nsenter --net=${layout.namespacePath} chromium "$@"\n`, {
    mode: 0o755,
  })
  return await openBrowser(program, ['--ignore-certificate-errors'])
}

async function nothing(found: readonly string[]): Promise<void> {
  if (found.length > 0) throw new Error(`There is left:\n${found.join('\n')}`)
}

async function trial(): Promise<void> {
  await report.step('programs', (step) => ensurePrograms(PROGRAMS, step).then(() => {}))
  await report.step('compose', async (step) => {
    settings.DOCKER_CONFIG = await fetchCompose(place)
    step.outcome((await compose('version', '--short')).trim())
  })
  const ordinary = {
    'userns-remap': undefined,
    'live-restore': undefined,
    'userland-proxy': undefined,
    'cgroup-parent': `/${group}`,
  }
  await report.step('engine', () => startOwnEngine(layout, ordinary))
  await report.step('base', (step) => makeOrdinaryBase(layout.socket, step))
  await report.step('build', () => compose('build').then(() => {}))
  const before = await tracesOf(layout, group)
  await report.step('up', () => compose('up', '-d', '--wait').then(() => {}))
  await report.step('published', async (step) => {
    const listening = await inside('ss', '-Hltn', 'sport = :4000')
    const addresses = listening.split('\n').flatMap((line) => line.split(/\s+/)[3] ?? [])
    if (addresses.join() !== '127.0.0.1:4000') throw new Error(`It listens on ${addresses}`)
    settings.DRYDOCK_BIND = '0.0.0.0'
    const refused = await compose('run', '--rm', '--no-deps', '-T', 'server').catch(
      (error: Error) => error.message,
    )
    if (!refused.includes('[bind-refused]')) throw new Error(`Published everywhere: ${refused}`)
    delete settings.DRYDOCK_BIND
    step.outcome('on 127.0.0.1 alone, and elsewhere refused')
  })

  const browser = await browserThere()
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await report.step('lab', async (step) => {
      await startLab(page, 'http://127.0.0.1:4000')
      await solveLab(page)
      step.outcome('solved')
    })
    await report.step('dockerd dies', async (step) => {
      const before = await sandboxesRun()
      await compose('exec', '-T', 'engine', 'sh', '-c', 'kill -9 $(cat /run/docker.pid)')
      while ((await sandboxesRun().catch(() => '')) !== before) await delay(200)
      await openShell(page)
      step.outcome('is there again, and the same sandboxes run')
    })
    await report.step('server dies', async () => {
      await compose('kill', 'server')
      await compose('up', '-d', '--wait')
      await openShell(page)
    })
    await report.step('engine dies', async () => {
      await compose('kill', 'engine')
      await compose('up', '-d', '--wait')
      await openShell(page)
      await seeLab(page)
    })
    await report.step('end', () => endLab(page))
    await report.step('another', async () => {
      await startLab(page, 'http://127.0.0.1:4000')
      await endLab(page)
    })
    await report.step('proxy', async (step) => {
      settings.DRYDOCK_URL = 'https://drydock.localhost'
      settings.DRYDOCK_PROXY_BIND = '127.0.0.1'
      settings.DRYDOCK_USER = 'class'
      await compose(...PROXY, 'build', 'proxy')
      const hash = ['run', '--rm', '--no-deps', 'proxy', 'caddy', 'hash-password', '--plaintext', PASSWORD]
      settings.DRYDOCK_PASSWORD_HASH = (await compose(...PROXY, ...hash)).trim().split('\n').at(-1) ?? ''
      await compose(...PROXY, 'up', '-d', '--wait')
      const stranger = await browser.newPage()
      const refused = await stranger.goto(settings.DRYDOCK_URL).then(
        (answer) => `${answer?.status()}`,
        (error: Error) => error.message,
      )
      if (!refused.includes('ERR_INVALID_AUTH_CREDENTIALS')) throw new Error(`Without a password: ${refused}`)
      const known = await browser.newPage({ httpCredentials: { username: 'class', password: PASSWORD } })
      await startLab(known, settings.DRYDOCK_URL)
      await endLab(known)
      step.outcome('TLS, password and WebSocket')
    })
  } catch (error) {
    for (const [at, page] of browser
      .contexts()
      .flatMap((context) => context.pages())
      .entries())
      await page.screenshot({ path: join(tmpdir(), `drydock-trial-${at}.png`) }).catch(() => {})
    console.error(await compose('logs', '--no-log-prefix', '--tail', '30', 'server'))
    throw error
  } finally {
    await browser.close()
  }

  await report.step('down -v', async (step) => {
    const loops = await loopsOver(join(layout.dataRoot, 'volumes'))
    await compose(...PROXY, 'down', '-v')
    // The kernel frees a loop device a moment after its last mount is gone.
    for (let tries = 0; tries < 50 && (await stillThere(loops)).length > 0; tries++) await delay(100)
    await nothing((await tracesOf(layout, group)).filter((each) => !before.includes(each)))
    await nothing(await stillThere(loops))
    step.outcome(`${loops.length} loop devices and all else gone`)
  })
}

try {
  await trial()
  await report.step('engine', () => stopOwnEngine(layout))
} catch (error) {
  console.error(error)
  process.exitCode = 1
  const files = settings.DRYDOCK_URL ? PROXY : []
  if (existsSync(layout.socket)) await compose(...files, 'down', '-v', '--timeout', '5').catch(console.error)
  await stopOwnEngine(layout)
} finally {
  const groups = await run(['find', '/sys/fs/cgroup', '-depth', '-type', 'd', '-path', `*/${group}*`])
  for (const path of groups.split('\n').filter(Boolean)) await run(['rmdir', path]).catch(() => '')
  await unmountBelow(place)
  await rm(place, { recursive: true, force: true })
}
