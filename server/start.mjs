// What every npm script of Drydock's program runs: plain JavaScript without dependencies for any Node
// from 20 on. It brings the dependencies and Node 24, then hands over to the program.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const node24 = join(modules, '.bin/node')
const command = process.argv.slice(2)
/** Other commands' output may be data: what is said here goes to standard error then, and only when something is done. */
const told = ['up', 'test', 'chaos', 'dev'].includes(command[0])

let child
let stopped
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopped = signal
    child?.kill(signal)
  })
}

await step('dependencies', dependenciesMatch, [
  'npm',
  'ci',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
])
// The package `node` fetches its binary in an install script; it is the only script that is run.
await step('node 24', nodeMatches, [
  'npm',
  'rebuild',
  'node',
  '--ignore-scripts=false',
  '--foreground-scripts',
  '--loglevel=error',
])
// Taking the types out of a lab's checks.ts is still called experimental.
process.exitCode = await run([
  node24,
  '--disable-warning=ExperimentalWarning',
  join(root, 'server/cli/main.ts'),
  ...command,
])

/** Runs argv unless the step is done already; one line with its duration. */
async function step(name, isDone, argv) {
  const started = performance.now()
  const say = told ? console.log : console.error
  const tell = (outcome) =>
    say(`${name.padEnd(14)}${outcome} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  if (isDone()) return told ? tell('ready') : undefined
  say(`${name.padEnd(14)}... ${argv.slice(0, 3).join(' ')}`)
  const code = await run(argv, told ? 'inherit' : process.stderr)
  if (code === 0 && isDone()) return tell('installed')
  tell('failed')
  if (!stopped)
    console.error(
      `\`${argv.join(' ')}\` ended with ${code}. It needs the npm registry; mend the cause and run the command again.`,
    )
  process.exit(code || 1)
}

/** Whether what npm last installed, by its own record, is what the lock file asks for. */
function dependenciesMatch() {
  const record = join(modules, '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true
    const found = installed[path]
    // Optional packages for other systems are not installed.
    return found ? found.version === version && found.integrity === integrity : optional === true
  })
}

function nodeMatches() {
  if (!existsSync(node24)) return false
  const { version } = JSON.parse(readFileSync(join(modules, 'node/package.json'), 'utf8'))
  try {
    return execFileSync(node24, ['--version'], { encoding: 'utf8', timeout: 10_000 }).trim() === `v${version}`
  } catch {
    return false
  }
}

/** Runs a program with this one's input and output to its end; signals are passed on. Answers with its exit code. */
async function run([program, ...args], stdout = 'inherit') {
  if (stopped) return 130
  child = spawn(program, args, { cwd: root, stdio: ['inherit', stdout, 'inherit'] })
  return await new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
}
