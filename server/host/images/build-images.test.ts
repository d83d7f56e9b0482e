import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type Docker from 'dockerode'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { run } from '../run.ts'
import { testHost } from '../test-host.ts'
import { buildImages, findImages } from './build-images.ts'
import { BASE, type ImageSource } from './image-plan.ts'

let docker: Docker
let root: string
beforeAll(async () => {
  docker = (await testHost()).docker
})
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-images-'))
  return () => rm(root, { recursive: true, force: true })
})

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content)
}

/** Two images of a test: `top` stands on `below`; their names are theirs alone. */
async function twoImages(below: string): Promise<{ sources: ImageSource[]; names: [string, string] }> {
  const names: [string, string] = [
    `test-${randomBytes(4).toString('hex')}`,
    `test-${randomBytes(4).toString('hex')}`,
  ]
  await put('below/Dockerfile', below)
  await put('below/file', 'content')
  await put('top/Dockerfile', 'ARG BELOW\nFROM $BELOW\nENV top=1\n')
  return {
    names,
    sources: [
      { name: names[0], folder: join(root, 'below'), standsOn: {} },
      { name: names[1], folder: join(root, 'top'), standsOn: { BELOW: names[0] } },
    ],
  }
}

const made: string[] = []
afterAll(async () => {
  for (const name of made) {
    const images = await docker.listImages({ filters: { reference: [`drydock/${name}`] } })
    for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) await docker.getImage(tag).remove()
  }
})
const outcomes = () => {
  const told: string[] = []
  return { told, step: { progress: () => {}, outcome: (text: string) => void told.push(text) } }
}

test('images are built once, and again with all above them when something changed', async () => {
  const { sources, names } = await twoImages('FROM scratch\nCOPY file /file\n')
  made.push(...names.toReversed())
  const { told, step } = outcomes()
  const first = await buildImages(docker, { sources, baseArchive: '' }, step)
  const second = await buildImages(docker, { sources, baseArchive: '' }, step)
  expect(second.ids).toEqual(first.ids)
  await put('below/file', 'other content')
  const third = await buildImages(docker, { sources, baseArchive: '' }, step)
  expect(told).toEqual(['2 of 3 made', '3 there', '2 of 3 made'])
  for (const name of names) expect(third.ids.get(name)).not.toBe(first.ids.get(name))
  expect(third.ids.get(BASE)).toBe(first.ids.get(BASE))
})

test('a build that fails names the folder and ends with the log', async () => {
  const { sources } = await twoImages('FROM scratch\nCOPY file /file\nCOPY missing /missing\n')
  await expect(buildImages(docker, { sources, baseArchive: '' }, outcomes().step)).rejects.toMatchObject({
    code: 'image-build-failed',
    message: expect.stringMatching(/below: .*missing[\s\S]*Step 2\/3/),
  })
})

test('the base can come from an archive; another content is another image', async () => {
  const archiveOf = async (name: string, content: string) => {
    await put(`${name}/file`, content)
    const tar = join(root, `${name}.tar`)
    await run(['tar', '-C', join(root, name), '-cf', tar, 'file'])
    return tar
  }
  const baseOf = async (baseArchive: string) => {
    const { ids, made } = await buildImages(docker, { sources: [], baseArchive }, outcomes().step)
    return { id: ids.get(BASE) as string, made }
  }
  const [one, other] = await Promise.all([
    archiveOf('one', randomBytes(8).toString('hex')),
    archiveOf('two', 'x'),
  ])
  const first = await baseOf(one)
  const { RepoTags: tags, Config } = await docker.getImage(first.id).inspect()
  onTestFinished(async () => {
    for (const tag of tags) await docker.getImage(tag).remove()
  })
  expect(tags).toEqual([expect.stringMatching(/^drydock\/base:[0-9a-f]{12}$/)])
  expect(Config.Cmd).toEqual(['bash'])
  expect(await baseOf(one)).toEqual({ id: first.id, made: 0 })
  expect((await findImages(docker, { sources: [], baseArchive: one })).missing).toEqual([])
  expect((await findImages(docker, { sources: [], baseArchive: other })).missing).toEqual([BASE])
  await expect(baseOf(join(root, 'none.tar'))).rejects.toMatchObject({ code: 'file-unreadable' })
})
