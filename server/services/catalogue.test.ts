import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
