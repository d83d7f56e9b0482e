import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checks } from '../../checks/registry.ts'
import { Catalogue } from './catalogue.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

function labsDir(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-labs-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

test.each([
  ['that is not there', () => '/nowhere/at/all', /no lab in \/nowhere/],
  ['without a lab', () => labsDir({ 'images/a/image.yaml': 'name: a:1\nabout: A.' }), /no lab in/],
  ['with a malformed image', () => labsDir({ 'images/a/image.yaml': 'name: [' }), /image\.yaml/],
])('a labs folder %s is logged and told, and takes nothing down', async (_name, dir, detail) => {
  const logged: string[] = []
  const log = { ...silent, error: (_fields: object, message: string) => logged.push(message) }
  const catalogue = await Catalogue.read({ labsDir: dir(), checks, log })
  expect(logged).toEqual(['no lab could be read'])
  const fault = { code: 'lab-invalid', message: expect.stringMatching(detail) }
  expect(() => catalogue.list()).toThrow(expect.objectContaining(fault))
  expect(() => catalogue.lab('any')).toThrow(expect.objectContaining(fault))
  expect(catalogue.find('any')).toBeUndefined()
})

test('one malformed lab is told to who asks for it, with its places', async () => {
  const log = silent
  const dir = labsDir({ 'images/a/image.yaml': 'name: a:1\nabout: A.', 'bad/lab.yaml': 'title: 7' })
  const catalogue = await Catalogue.read({ labsDir: dir, checks, log })
  expect(catalogue.list()).toMatchObject({ labs: [], broken: [{ slug: 'bad' }] })
  expect(() => catalogue.detail('bad')).toThrow(/bad\/lab\.yaml/)
  expect(() => catalogue.detail('other')).toThrow(expect.objectContaining({ code: 'lab-unknown' }))
})

const lab = (title: string) => ({
  'lab.yaml': `title: ${title}\npromise: p\ntrack: Foundations\norder: 1\nminutes: 5\nlevel: start\nmodel: m\ngoals: [g]\nimages: ['a:1']\ntasks: [{ id: t, title: T, checks: [{ use: object_exists, with: { ref: x } }], hints: [a, b, c] }]\n`,
  'brief.md': 'b',
  'afterword.md': 'a',
  'tasks/t.md': 't',
  'solutions/good/one.sh': '# passes: all\ntrue\n',
})
const under = (folder: string, files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]))
const image = { 'images/a/image.yaml': 'name: a:1\nabout: A.' }

test('a lab that is edited is read again; begun sessions keep the last valid one', async () => {
  const dir = labsDir({ ...image, ...under('one', lab('One')), ...under('two', lab('Two')) })
  const catalogue = await Catalogue.read({ labsDir: dir, checks, log: silent })
  expect(catalogue.list()).toMatchObject({ labs: [{ slug: 'one' }, { slug: 'two' }], broken: [] })
  writeFileSync(join(dir, 'one/lab.yaml'), 'title: [')
  await catalogue.reload()
  expect(catalogue.list()).toMatchObject({ labs: [{ slug: 'two' }], broken: [{ slug: 'one' }] })
  expect(() => catalogue.lab('one')).toThrow(expect.objectContaining({ code: 'lab-invalid' }))
  expect(catalogue.begun('one').title).toBe('One')
  expect(catalogue.detail('one')).toMatchObject({ title: 'One', problems: [{ file: 'one/lab.yaml' }] })
  expect(catalogue.detail('two').problems).toEqual([])
  writeFileSync(join(dir, 'one/lab.yaml'), lab('Mended')['lab.yaml'])
  await catalogue.reload()
  expect(catalogue.list()).toMatchObject({ labs: [{ title: 'Mended' }, { slug: 'two' }], broken: [] })
  writeFileSync(join(dir, 'images/a/image.yaml'), 'name: [')
  await catalogue.reload()
  expect(catalogue.list()).toMatchObject({
    labs: [{ slug: 'one' }, { slug: 'two' }],
    broken: [{ slug: 'images' }],
  })
  expect(catalogue.detail('one').problems).toEqual([])
})

test('what is wrong with a course hides nothing of the others', async () => {
  const dir = labsDir({ ...image, ...under('one', lab('One')) })
  const bomb = `a: &a [x,x]\nb: &b [*a,*a,*a]\nc: [${'*b,'.repeat(500)}]\n`
  const good = labsDir({
    ...under('two', lab('Two')),
    ...under('one', lab('Again')),
    ...under('bomb', { 'lab.yaml': bomb }),
    'images/a/image.yaml': 'name: a:1\nabout: Again.',
    'images/b/image.yaml': 'name: b:1\nabout: B.',
    ...under('own-image', { ...lab('Own'), 'lab.yaml': lab('Own')['lab.yaml'].replace("'a:1'", "'b:1'") }),
  })
  const file = join(labsDir({ file: 'a' }), 'file')
  const link = join(labsDir({}), 'link')
  symlinkSync(good, link)
  const courses = ['/nowhere/course', file, link, good]
  const catalogue = await Catalogue.read({ labsDir: dir, courses, checks, log: silent })
  const { labs, broken } = catalogue.list()
  expect(labs.map(({ slug }) => slug).toSorted()).toEqual(['one', 'own-image', 'two'])
  expect(catalogue.lab('one').title).toBe('One')
  const name = basename(good)
  const said = broken.map(({ slug, problems }) => [slug, problems.map(({ message }) => message).join()])
  expect(Object.fromEntries(said)).toEqual({
    course: 'is not there',
    file: 'is not a folder',
    link: 'is a symbolic link',
    bomb: expect.stringContaining('anchors are not allowed'),
    [`${name}/one`]: expect.stringContaining('of this name'),
    [name]: 'another image has this name',
  })
})
