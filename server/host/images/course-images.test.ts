import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { planCourses } from './course-images.ts'
import { planImages } from './image-plan.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-courses-'))
  await put('core/images/busybox', 'busybox:1', 'ARG BASE\nFROM $BASE\n')
  return () => rm(root, { recursive: true, force: true })
})

async function put(folder: string, name: string, dockerfile?: string): Promise<void> {
  const files = { 'image.yaml': `name: ${name}\nabout: For a test.\n`, Dockerfile: dockerfile }
  for (const [file, text] of Object.entries(files)) {
    if (text === undefined) continue
    await mkdir(dirname(join(root, folder, file)), { recursive: true })
    await writeFile(join(root, folder, file), text)
  }
}

const plan = async (...courses: string[]) =>
  planCourses(
    await planImages(join(root, 'core')),
    courses.map((course) => join(root, course)),
  )

test('images of courses stand on those of Drydock and of their own course, never on another', async () => {
  await put('one/images/app', 'one/app:1', 'ARG BUSYBOX\nARG TOOL\nFROM $BUSYBOX\n')
  await put('one/images/tool', 'one/tool:1', 'ARG BASE\nFROM $BASE\n')
  await put('two/images/app', 'two/app:1', 'ARG TOOL\nARG BUILDER\nFROM scratch\n')
  const { sources, faults } = await plan('one', 'two')
  expect(faults).toEqual([])
  const [tool, app, other] = sources
  expect(sources.map(({ studentName }) => studentName)).toEqual(['one/tool:1', 'one/app:1', 'two/app:1'])
  expect(app?.standsOn).toEqual({ BUSYBOX: 'lab-busybox', TOOL: tool?.name })
  expect(other?.standsOn).toEqual({})
  expect(other?.name).not.toBe(app?.name)
  expect(other?.name).toMatch(/^course-[0-9a-f]{12}-app$/)
})

test('what is wrong with one image of a course is told with its name and keeps no other from being built', async () => {
  await put('one/images/good', 'one/good:1', 'FROM scratch\n')
  await put('one/images/bare', 'one/bare:1')
  await put('one/images/typo', 'one/typo:1', '# typo\nARG BUSYBOKS\nFROM $BUSYBOKS\n')
  await put('one/images/twin', 'busybox:1', 'FROM scratch\n')
  await put('one/images/malformed', '[', 'FROM scratch\n')
  await symlink(join(root, 'core/images/busybox'), join(root, 'one/images/link'))
  await put('two/images/again', 'one/good:1', 'FROM scratch\n')
  await put('two/images/own', 'two/own:1', 'FROM scratch\n')
  await put('three/images/x', 'three/x:1', 'ARG Y\nFROM $Y\n')
  await put('three/images/y', 'three/y:1', 'ARG X\nFROM $X\n')
  await writeFile(join(root, 'file'), '')
  await symlink(join(root, 'one'), join(root, 'linked'))
  const { sources, faults } = await plan('gone', 'file', 'linked', 'one', 'two', 'three')
  expect(sources.map(({ studentName }) => studentName)).toEqual(['one/good:1', 'two/own:1'])
  expect(faults).toEqual([
    {
      name: 'one/bare:1',
      file: 'one/images/bare/Dockerfile',
      message: expect.stringContaining('no Dockerfile in images/bare'),
    },
    {
      name: 'one/typo:1',
      file: 'one/images/typo/Dockerfile',
      line: 3,
      message: expect.stringContaining('there are BASE, BUSYBOX'),
    },
    {
      name: 'three/x:1',
      file: 'three/images/x/Dockerfile',
      message: expect.stringContaining('stand on each other'),
    },
    {
      name: 'three/y:1',
      file: 'three/images/y/Dockerfile',
      message: expect.stringContaining('stand on each other'),
    },
  ])
})
