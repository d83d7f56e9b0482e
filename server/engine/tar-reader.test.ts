import { execFile } from 'node:child_process'
import { link, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SandboxFile } from '../../checks/files.ts'
import { packTar } from './pack-tar.ts'
import { innerPath, readTar, TarFault, type TarLimits } from './tar-reader.ts'

const long = `${'deep/'.repeat(30)}${'name'.repeat(40)}.txt`
let folder: string
const archive = new Map<string, Buffer>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-tar-'))
  await mkdir(join(folder, 'deep/'.repeat(30)), { recursive: true })
  await writeFile(join(folder, long), 'far below')
  await writeFile(join(folder, 'plain'), 'x'.repeat(1000))
  await writeFile(join(folder, 'empty'), '')
  await link(join(folder, 'plain'), join(folder, 'same'))
  await symlink(`/${long}`, join(folder, 'away'))
  for (const format of ['gnu', 'ustar', 'pax']) {
    const argv = ['--format', format, '-cf', '-', '-C', folder, '.']
    const { stdout } = await promisify(execFile)('tar', argv, { encoding: 'buffer' }).catch((error) => error)
    archive.set(format, stdout)
  }
})
afterAll(() => rm(folder, { recursive: true }))

const generous = { maxBytes: 1 << 20, maxEntries: 1000 }

/** In pieces of odd sizes, as a stream brings them. */
async function* pieces(data: Buffer, size = 333) {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}

async function read(data: Buffer, limits: TarLimits = generous) {
  const found = new Map<string, string>()
  for await (const { path, kind, link, size, body } of readTar(pieces(data), limits)) {
    const chunks: Buffer[] = []
    if (size < 5000) for await (const chunk of body) chunks.push(chunk)
    found.set(innerPath(path) ?? '?', `${kind} ${link}${Buffer.concat(chunks)}`)
  }
  return found
}

const fault = (data: Buffer, limits?: TarLimits) =>
  read(data, limits).then(
    () => 'read',
    (error) => (error instanceof TarFault ? error.reason : error),
  )

test.each(['gnu', 'pax'])('reads what tar writes as %s', async (format) => {
  const found = await read(archive.get(format) ?? Buffer.alloc(0))
  expect(found.get(long)).toBe('file far below')
  expect(found.get('away')).toBe(`symlink /${long}`)
  expect(found.get('empty')).toBe('file ')
  const [first, second] = [found.get('plain'), found.get('same')].sort()
  expect(first).toBe(`file ${'x'.repeat(1000)}`)
  expect(second).toMatch(/^hardlink \.\/(plain|same)$/)
})

test('reads the long names of the oldest form', async () => {
  const name = `${'n'.repeat(90)}/${'m'.repeat(90)}`
  await mkdir(join(folder, 'n'.repeat(90)))
  await writeFile(join(folder, name), 'old')
  const { stdout } = await promisify(execFile)('tar', ['--format', 'ustar', '-cf', '-', '-C', folder, name], {
    encoding: 'buffer',
  })
  expect((await read(stdout)).get(name)).toBe('file old')
})

test('reads back what it packs, long names too', async () => {
  const file = (path: string, more: Partial<SandboxFile>): SandboxFile => {
    return {
      path,
      kind: 'file',
      mode: 0o640,
      uid: 7,
      gid: 8,
      mtime: 99.5,
      link: '',
      data: Buffer.alloc(0),
      ...more,
    }
  }
  const packed = Buffer.concat([
    ...packTar('/home/student', [
      file('', { kind: 'folder' }),
      file(long, { data: Buffer.from('far below') }),
      file('away', { kind: 'symlink', link: `/${long}` }),
      file('pipe', { kind: 'other' }),
      file(`${'é'.repeat(60)}x`, {}),
    ]),
  ])
  expect([...(await read(packed))]).toEqual([
    ['home/student', 'folder '],
    [`home/student/${long}`, 'file far below'],
    ['home/student/away', `symlink /${long}`],
    [`home/student/${'é'.repeat(60)}x`, 'file '],
  ])
  await writeFile(join(folder, 'packed.tar'), packed)
  const { stdout } = await promisify(execFile)('tar', ['-tvf', join(folder, 'packed.tar')])
  expect(stdout).toContain(`home/student/${long}`)
})

test('what is no archive, cut off, too large or too much is refused', async () => {
  const whole = archive.get('gnu') ?? Buffer.alloc(0)
  expect(await fault(Buffer.alloc(4096, 'x'))).toBe('garbage')
  expect(await fault(Buffer.alloc(0))).toBe('cut-off')
  expect(await fault(whole.subarray(0, 2000))).toBe('cut-off')
  expect(await fault(whole, { maxBytes: 4000, maxEntries: 1000 })).toBe('too-large')
  expect(await fault(whole, { maxBytes: 1 << 20, maxEntries: 5 })).toBe('too-many')
  const sized = Buffer.from(whole)
  sized.write('7'.repeat(11), 124, 'latin1')
  expect(await fault(sized)).toBe('garbage')
  expect(await fault(Buffer.concat([whole, Buffer.alloc(2 << 20)]))).toBe('too-large')
})

test('a file that claims more than the limit is refused before it is read', async () => {
  await writeFile(join(folder, 'sparse'), '')
  await truncate(join(folder, 'sparse'), 64 << 20)
  const { stdout } = await promisify(execFile)('sh', ['-c', `tar -cf - -C ${folder} sparse | head -c 512`], {
    encoding: 'buffer',
  })
  expect(await fault(stdout)).toBe('too-large')
})

test('a path that leads out of the archive has no inner path', () => {
  expect(innerPath('./a//b/.')).toBe('a/b')
  expect(innerPath('/a')).toBe('a')
  expect(innerPath('.')).toBe('')
  expect(innerPath('a/../../b')).toBeUndefined()
  expect(innerPath('a\0b')).toBeUndefined()
})
