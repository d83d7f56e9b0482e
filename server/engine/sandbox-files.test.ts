import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileLimits } from '../../checks/files.ts'
import { systemClock } from '../clock.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'
import { newSpec, sh } from '../sandbox/suite-tools.ts'
import { type TestTrials, testTrials } from '../services/test-trials.ts'
import { packTar } from './pack-tar.ts'
import { readSandboxFiles } from './sandbox-files.ts'

let trials: TestTrials
let sandbox: Sandbox
beforeAll(async () => {
  trials = await testTrials('files')
  sandbox = await trials.driver.create(newSpec())
})
afterAll(() => trials.close())

const generous = { maxBytes: 1 << 20, maxFiles: 100 }
const read = (path: string, limits: FileLimits = generous) =>
  readSandboxFiles({ sandbox, clock: systemClock }, path, limits, new AbortController().signal)

test('copies a folder as it is and follows no link in it', async () => {
  await sh(
    sandbox,
    `cd /home/student && mkdir -p pack/sub && cd pack && echo hello > sub/app.txt && chmod 640 sub/app.txt && ln sub/app.txt twin
     ln -s /etc/shadow away && ln -s /etc outside && mkfifo pipe && touch -- -n '*' && chmod 700 .`,
    'student',
  )
  const copied = await read('/home/student/pack')
  const files = copied.found === 'files' ? copied.files : []
  const seen = files.map(
    (file) => `${file.kind} /${file.path} ${file.mode.toString(8)} ${file.link}${file.data}`,
  )
  expect(seen.sort()).toEqual([
    'file /* 644 ',
    'file /-n 644 ',
    'file /sub/app.txt 640 hello\n',
    'file /twin 640 hello\n',
    'folder / 700 ',
    'folder /sub 755 ',
    'other /pipe 644 ',
    'symlink /away 777 /etc/shadow',
    'symlink /outside 777 /etc',
  ])
  expect(files.find((file) => file.path === 'twin')).toMatchObject({ uid: 1000, gid: 1000 })
  const packed = Buffer.concat([...packTar('/copy', files)])
  const process = await sandbox.exec({
    argv: ['/opt/drydock/bin/busybox', 'tar', '-x', '-f', '-', '-C', '/tmp'],
  })
  process.stream.resume().end(packed)
  expect(await process.exit).toBe(0)
  expect(await sh(sandbox, 'cd /tmp/copy && cat twin && readlink away && stat -c %a:%u sub/app.txt')).toBe(
    'hello\n/etc/shadow\n640:1000',
  )
})

test('copies a single file, and says when there is none', async () => {
  expect(await read('/home/student/pack/sub/app.txt')).toMatchObject({
    found: 'files',
    files: [{ path: '', kind: 'file', data: Buffer.from('hello\n') }],
  })
  expect(await read('/home/student/nothing')).toEqual({ found: 'nothing' })
  await expect(read('home')).rejects.toThrow(RangeError)
  await expect(read('/home/../etc')).rejects.toThrow(RangeError)
})

test('ends at the limits, also when a file only claims to be large', async () => {
  await sh(
    sandbox,
    'cd /home/student && mkdir large many && truncate -s 500G large/hole && cd many && touch $(seq 200)',
    'student',
  )
  expect(await read('/home/student/large')).toEqual({ found: 'too-much' })
  expect(await read('/home/student/many')).toEqual({ found: 'too-much' })
  expect(await read('/home/student/pack', { maxBytes: 100, maxFiles: 100 })).toEqual({ found: 'too-much' })
})

test('a copy that is no archive is a fault of the sandbox', async () => {
  const other = (script: string): Pick<Sandbox, 'exec'> => ({
    exec: (spec) => sandbox.exec({ ...spec, argv: ['/bin/sh', '-c', script] }),
  })
  for (const script of [
    'echo hello',
    'tar -c -C /etc hostname',
    'tar -c /home/student/pack/sub; exit 3',
    'exit 0',
  ]) {
    const reading = readSandboxFiles(
      { sandbox: other(script), clock: systemClock },
      '/home/student/pack/sub',
      generous,
      new AbortController().signal,
    )
    await expect(reading, script).rejects.toMatchObject({ code: 'probe-failed' })
  }
})
