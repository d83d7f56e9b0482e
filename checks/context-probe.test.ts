import { afterAll, beforeAll, expect, test } from 'vitest'
import { SandboxMachine } from './testing/sandbox-machine.ts'

let machine: SandboxMachine
beforeAll(async () => {
  machine = await SandboxMachine.start('contxt')
  await machine.sh(`
    mkdir -p pack/node_modules/deep pack/.git && cd pack
    head -c 3000000 /dev/zero > node_modules/deep/big && echo key > .git/config && echo hi > app.txt
    printf 'FROM busybox:1\\nCOPY . /app\\n' > Dockerfile && ln -s /etc/shadow link && touch 'sp ace'
    echo 'node_modules # big' > .dockerignore`)
})
afterAll(() => machine[Symbol.asyncDispose]())

const probe = (params: object, folder = 'pack') =>
  machine.check('context_probe', { folder: `/home/student/${folder}`, ...params })

test('an ignore line with a comment behind it keeps nothing back', async () => {
  expect(await probe({ absent: ['^node_modules/'] })).toMatchObject({
    code: 'context-unfiltered',
    message: '`node_modules/deep/big` of /home/student/pack is sent to the engine.',
  })
  expect((await probe({ max_bytes: 1_000_000 })).code).toBe('context-too-big')
  expect((await probe({ min_bytes: 9_000_000 })).code).toBe('context-too-small')
  expect(
    (await probe({ present: ['^link$', '^sp ace$'], min_bytes: 3_000_000, max_bytes: 3_001_000 })).code,
  ).toBe('passed')
})

test('an ignore file that works, also the one of a Dockerfile of its own', async () => {
  const edits = [{ file: '.dockerignore', content: 'node_modules\n.git\n' }]
  const wanted = { absent: ['^node_modules/', '^\\.git/'], present: ['^app\\.txt$'], max_bytes: 1000 }
  expect(await probe({ ...wanted, edits })).toMatchObject({ code: 'passed' })
  const own = [{ file: 'prod.Dockerfile.dockerignore', content: 'node_modules\n.git\n' }]
  expect((await probe({ ...wanted, edits: own, dockerfile: 'prod.Dockerfile' })).code).toBe('passed')
  expect((await probe({ ...wanted, edits: own })).code).toBe('context-unfiltered')
  const greedy = [{ file: '.dockerignore', content: '*\n' }]
  expect((await probe({ present: ['^app\\.txt$'], edits: greedy })).code).toBe('path-missing')
  expect(await machine.sh('cat pack/.dockerignore')).toBe('node_modules # big')
})

test('what cannot be sent or copied is said', async () => {
  expect((await probe({}, 'nothing')).code).toBe('folder-missing')
  const invalid = [{ file: '.dockerignore', content: '[\n' }]
  expect((await probe({ edits: invalid })).code).toBe('build-failed')
  await machine.sh('mkdir large && truncate -s 1G large/hole')
  expect((await probe({}, 'large')).code).toBe('folder-too-large')
  await machine.sh('mkdir many && cd many && seq 1200 | xargs touch')
  expect((await probe({ absent: ['^x'] }, 'many')).code).toBe('context-unfiltered')
})
