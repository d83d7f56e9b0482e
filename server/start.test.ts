import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const lock = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/b': { version: '2.0.0', optional: true },
  },
}
let project: string

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'drydock-start-'))
  for (const folder of ['server/cli', 'node_modules/node', 'node_modules/.bin', 'bin'])
    mkdirSync(join(project, folder), { recursive: true })
  cpSync(join(root, 'server/start.mjs'), join(project, 'server/start.mjs'))
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock))
  writeFileSync(
    join(project, 'node_modules/node/package.json'),
    JSON.stringify({ version: process.version.slice(1) }),
  )
  symlinkSync(process.execPath, join(project, 'node_modules/.bin/node'))
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

/** Runs start.mjs where `npm` is a script of the test. */
function start(npm: string, main: string): { child: ChildProcess; output: () => string } {
  writeFileSync(join(project, 'bin/npm'), `#!/bin/sh\n${npm}\n`)
  chmodSync(join(project, 'bin/npm'), 0o755)
  writeFileSync(join(project, 'server/cli/main.ts'), main)
  const child = spawn(process.execPath, [join(project, 'server/start.mjs'), 'up', '--x'], {
    env: { PATH: `${join(project, 'bin')}:/usr/bin:/bin` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
  return { child, output: () => text }
}

const record = (packages: object) =>
  writeFileSync(join(project, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))
const installed = { 'node_modules/a': lock.packages['node_modules/a'] }

test('with everything installed npm is not called; arguments and exit code pass through', async () => {
  record(installed)
  const { child, output } = start(
    'echo npm was called',
    'console.log(process.argv.slice(2)); process.exit(7)',
  )
  expect(await once(child, 'close')).toEqual([7, null])
  expect(output()).toContain("[ 'up', '--x' ]")
  expect(output()).not.toContain('npm was called')
})

test('another version than the lock file names is installed anew, without install scripts', async () => {
  record({ 'node_modules/a': { version: '0.9.0', integrity: 'x' } })
  const right = JSON.stringify({ packages: installed })
  const { child, output } = start(
    `echo "called: $*"; echo '${right}' > node_modules/.package-lock.json`,
    'console.log("ran")',
  )
  expect(await once(child, 'close')).toEqual([0, null])
  expect(output()).toMatch(/called: ci --ignore-scripts[\s\S]*ran/)
})

test('an install that fails ends it with a message', async () => {
  const { child, output } = start('exit 3', 'console.log("ran")')
  expect(await once(child, 'close')).toEqual([3, null])
  expect(output()).toContain('needs the npm registry')
  expect(output()).not.toContain('ran')
})

test('a signal reaches the program and its exit code comes back', async () => {
  record(installed)
  const { child } = start(
    '',
    'process.on("SIGTERM", () => process.exit(9)); setInterval(() => {}, 1000); console.log("up")',
  )
  while (!String(await once(child.stdout as NodeJS.ReadableStream, 'data')).includes('up'));
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([9, null])
})

test('the lock file names every optional package, or npm 11 refuses it', () => {
  const packages: Record<string, { optionalDependencies?: object }> = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  ).packages
  const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)))
  const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
  expect(optional.filter((name) => !names.has(name))).toEqual([])
})
