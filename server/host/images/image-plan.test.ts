import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { hashFolder } from './content-hash.ts'
import { BASE, planImages } from './image-plan.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-images-'))
  return () => rm(root, { recursive: true, force: true })
})

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content)
}

test('a hash follows contents, names, links and executable bits, and nothing else', async () => {
  await put('a/one', '1')
  await put('a/deep/two', '2')
  const hash = () => hashFolder(join(root, 'a'))
  const first = await hash()
  await utimes(join(root, 'a/one'), 1, 1)
  expect(await hash()).toBe(first)
  const seen = new Set([first])
  for (const change of [
    () => put('a/one', '12'),
    () => chmod(join(root, 'a/one'), 0o755),
    () => symlink('one', join(root, 'a/three')),
    () => put('a/deep/four', ''),
  ]) {
    await change()
    seen.add(await hash())
  }
  expect(seen.size).toBe(5)
})

const image = (name: string) => `name: ${name}\nabout: For a test.\n`

test('the plan puts each image after those it stands on', async () => {
  await put('images/a-top/Dockerfile', 'ARG Z_BELOW\nFROM $Z_BELOW\n')
  await put('images/a-top/image.yaml', `${image('lab/top:1')}needs: [z-below]\n`)
  await put('images/z-below/Dockerfile', 'ARG BASE\nARG UNKNOWN\nFROM $BASE\n')
  await put('images/z-below/image.yaml', image('lab/below:1'))
  const plan = await planImages(root)
  const names = plan.map(({ name }) => name)
  expect(names.indexOf('lab-z-below')).toBeLessThan(names.indexOf('lab-a-top'))
  expect(plan.find(({ name }) => name === 'lab-a-top')).toMatchObject({
    studentName: 'lab/top:1',
    standsOn: { Z_BELOW: 'lab-z-below' },
  })
  expect(plan.find(({ name }) => name === 'lab-z-below')?.standsOn).toEqual({ BASE })
  expect(names).toEqual(expect.arrayContaining(['builder', 'tools', 'sandbox']))
})

test.each<[string, Record<string, string>, string]>([
  ['without an image.yaml', { 'images/x/Dockerfile': 'FROM scratch' }, 'images/x/image.yaml: is missing'],
  [
    'with a wrong name',
    { 'images/x/Dockerfile': 'FROM scratch', 'images/x/image.yaml': 'name: NO\nabout: x\n' },
    'images/x/image.yaml:1:1: name',
  ],
  [
    'that needs what its Dockerfile does not use',
    { 'images/x/Dockerfile': 'FROM scratch', 'images/x/image.yaml': `${image('x:1')}needs: [y]\n` },
    'needs y',
  ],
  [
    'in a circle',
    {
      'images/x/Dockerfile': 'ARG Y\nFROM $Y',
      'images/x/image.yaml': image('x:1'),
      'images/y/Dockerfile': 'ARG X\nFROM $X',
      'images/y/image.yaml': image('y:1'),
    },
    'lab-x -> lab-y -> lab-x',
  ],
])('an image %s is refused', async (_, files, message) => {
  for (const [path, content] of Object.entries(files)) await put(path, content)
  await expect(planImages(root)).rejects.toMatchObject({
    code: 'lab-invalid',
    message: expect.stringContaining(message),
  })
})

test('a folder without a Dockerfile is named', async () => {
  await put('images/x/image.yaml', image('x:1'))
  await expect(planImages(root)).rejects.toMatchObject({
    code: 'host-not-ready',
    message: expect.stringContaining(join(root, 'images/x')),
  })
})

test('two images of one name are refused', async () => {
  for (const folder of ['x', 'y']) {
    await put(`images/${folder}/Dockerfile`, 'FROM scratch')
    await put(`images/${folder}/image.yaml`, image('same:1'))
  }
  await expect(planImages(root)).rejects.toMatchObject({
    code: 'lab-invalid',
    message: expect.stringContaining('same:1'),
  })
})
