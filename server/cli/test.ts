import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadConfig } from '../config.ts'
import { engineLayout } from '../host/own-engine/layout.ts'
import { unmountBelow } from '../host/own-engine/mounts.ts'
import { stopOwnEngine } from '../host/own-engine/stop.ts'
import { isThere, runningContainers } from '../host/own-engine/use.ts'
import { prepareHost } from '../host/prepare.ts'
import { ensurePrograms } from '../host/programs.ts'
import { lineReport, type Report } from '../host/report.ts'
import { buildWeb } from '../host/web-build.ts'
import { clearTestLeftovers } from './clear-leftovers.ts'
import type { Command } from './command.ts'

const root = resolve(import.meta.dirname, '../..')
const BROWSER = { name: 'chromium', packages: ['chromium'] }

/**
 * Runs all tests as an installation of their own with a data directory and a port of their own, so
 * that a Drydock in use is not touched. Fails also when the tests left anything of a sandbox.
 */
export const test: Command = (given) => runTests(given, {})

const CHAOS = { rounds: { type: 'string', default: '10' }, seed: { type: 'string' } } as const

/** The test that kills the server at random moments, for as many rounds as wanted. */
export const chaos: Command = ({ args, ...given }) => {
  const { rounds, seed } = parseArgs({ args: [...args], options: CHAOS }).values
  const settings = { CHAOS_ROUNDS: rounds, ...(seed !== undefined && { CHAOS_SEED: seed }) }
  return runTests({ ...given, args: ['server/chaos.test.ts'] }, settings)
}

async function runTests(
  { args, signal, print }: Parameters<Command>[0],
  settings: Record<string, string>,
): Promise<number> {
  const report = lineReport(print)
  const dataDir = await mkdtemp(join(tmpdir(), 'drydock-test-'))
  const config = {
    ...loadConfig(),
    installation: `test-${randomBytes(4).toString('hex')}`,
    dataDir,
    port: 0,
  }
  const engineWasThere = config.dockerSocket !== '' || isThere(engineLayout(config))
  try {
    const ready = await prepareHost(config, report, signal)
    await report.step('browser', async (step) => void (await ensurePrograms([BROWSER], step, signal)))
    await report.step('web client', (step) => buildWeb(step, signal))
    signal.throwIfAborted()
    const failed = await runVitest(args, signal, {
      DRYDOCK_INSTALLATION: config.installation,
      DRYDOCK_DATA_DIR: dataDir,
      DRYDOCK_PORT: '0',
      DRYDOCK_POOL_CEILING: '0',
      DOCKER_HOST: `unix://${ready.socketPath}`,
      TESTCONTAINERS_RYUK_DISABLED: 'true',
      ...settings,
    })
    const left = await report.step('leftovers', async (step) => {
      const found = await clearTestLeftovers(config, ready)
      step.outcome(found.length > 0 ? `the tests left ${found.join('; ')}` : 'none')
      return found
    })
    return failed || Math.min(left.length, 1)
  } finally {
    if (!engineWasThere) await stopIfUnused(config, report)
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function runVitest(args: readonly string[], signal: AbortSignal, settings: Record<string, string>) {
  const env = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args]
  const child = spawn('env', [...env, ...vitest], { cwd: root, stdio: 'inherit' })
  signal.addEventListener('abort', () => child.kill('SIGINT'))
  return await new Promise<number>((done, failed) => {
    child.on('error', failed)
    child.on('exit', (code) => done(code ?? 1))
  })
}

/** Ends the engine that this run started, unless somebody has begun to use it in the meantime. */
async function stopIfUnused(
  config: { engineDir: string; runDir: string; hostDir: string },
  report: Report,
): Promise<void> {
  const layout = engineLayout(config)
  await report.step('host engine', async (step) => {
    if ((await runningContainers(layout)).length > 0) return step.outcome('in use, left running')
    await stopOwnEngine(layout)
    await unmountBelow(config.hostDir)
    step.outcome('ended')
  })
}
