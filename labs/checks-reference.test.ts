import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { checks } from '../checks/registry.ts'
import { checksReference } from './checks-reference.ts'
import { loadOwnChecks } from './own-checks.ts'

const page = checksReference(checks)

test('the page in the repository is that of the code', async () => {
  const stored = await readFile(join(import.meta.dirname, '../docs/checks.md'), 'utf8')
  expect(stored === page, 'stale: run npm run drydock -- labs reference').toBe(true)
})

describe.each([...checks.values()].map((check) => [check.name, check] as const))('%s', (name, check) => {
  test('has an example that is valid, and says it in a sentence', () => {
    expect(check.example?.says).toMatch(/^[A-Z`].*\.$/)
    expect(check.params.safeParse(check.example?.with).error?.issues ?? []).toEqual([])
  })

  test('stands on the page with its example, every parameter and every code', () => {
    const section = page.split(/^## /m).find((each) => each.startsWith(`${name}\n`)) ?? ''
    const example = /```yaml\n(.*?)```/s.exec(section)?.[1]
    expect(parse(example ?? '')).toEqual([{ use: name, with: check.example?.with }])
    for (const code of Object.keys(check.codes)) expect(section).toContain(`| \`${code}\` |`)
    for (const key of Object.keys(check.example?.with ?? {})) expect(section).toContain(`| \`${key}\` |`)
  })

  test('describes what it is about and every parameter', () => {
    expect(check.about).toMatch(/^[A-Z].*\.$/)
    const section = page.split(/^## /m).find((each) => each.startsWith(`${name}\n`)) ?? ''
    const bare = [...section.matchAll(/^\| `([^`.[\]]+)` \|[^\n]*\| +\|$/gm)].map((match) => match[1])
    expect(bare, 'parameters without a description').toEqual([])
  })
})

test('says which fields go with which form', () => {
  const row = (name: string, field: string) =>
    page
      .split(/^## /m)
      .find((each) => each.startsWith(`${name}\n`))
      ?.split('\n')
      .find((line) => line.startsWith(`| \`${field}\` |`))
  expect(row('answer', 'expected.network')).toMatch(/ `ip`[^`]* \|$/)
  expect(row('answer', 'expected.kind')).toContain('`pid1`: The first process')
  expect(row('clone_probe', 'acts[].grace_s')).toMatch(/ `restart`.*`stop`/)
  expect(row('proc_read', 'read')).toContain('`namespace`: Which namespaces it is in')
  expect(row('field', 'path')).not.toMatch(/\| `[a-z-]+`: /)
})

test('the checks.ts of the page can be loaded', async () => {
  const text = /```ts\n(.*?)```/s.exec(page)?.[1] ?? ''
  expect(await loadOwnChecks(text)).toMatchObject({ ok: true, checks: [{ name: 'lab_labelled' }] })
})
