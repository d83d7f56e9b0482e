import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const rooms = ['server', 'checks', 'labs', 'web/src']
let copy: string

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'drydock-imports-'))
  for (const room of [...rooms, '.dependency-cruiser.json', 'tsconfig.json']) {
    cpSync(join(root, room), join(copy, room), { recursive: true })
  }
  const docker = { name: 'dockerode', version: '1.0.0', main: 'index.js' }
  cpSync(join(root, 'node_modules/dockerode/package.json'), join(copy, 'node_modules/dockerode/package.json'))
  writeFileSync(join(copy, 'node_modules/dockerode/package.json'), JSON.stringify(docker))
  writeFileSync(join(copy, 'node_modules/dockerode/index.js'), 'module.exports = {}')
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** The lines that name a file, of the check of import directions over the copy. */
function violations(file: string): string[] {
  const cruiser = join(root, 'node_modules/.bin/depcruise')
  const argv = [cruiser, '--config', '.dependency-cruiser.json', ...rooms]
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, { cwd: copy, encoding: 'utf8' })
  expect(status, stderr).toBeGreaterThan(0)
  return stdout.split('\n').filter((line) => line.includes(file))
}

test('the check of import directions sees bad imports, of types too', () => {
  const planted: [file: string, source: string, rule: string][] = [
    ['server/contract/canary.ts', "import type { Store } from '../store/store.ts'", 'contract-alone'],
    ['server/services/canary.ts', "import type Docker from 'dockerode'", 'docker-in-its-rooms'],
    ['server/services/canary-too.ts', "import '../sandbox/docker/docker-driver.ts'", 'services'],
    ['checks/canary.ts', "import type { Config } from '../server/config.ts'", 'checks-alone'],
    ['web/src/canary.ts', "import { errorTable } from '../../server/errors.ts'", 'web'],
    ['server/sandbox/canary.ts', "import '../store/store.ts'", 'sandbox'],
  ]
  for (const [file, source] of planted)
    writeFileSync(join(copy, file), `${source}\nexport const planted = 1\n`)
  const seen = violations('canary')
  for (const [file, , rule] of planted)
    expect(seen).toContainEqual(expect.stringContaining(`${rule}: ${file}`))
})
