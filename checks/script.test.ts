import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checks } from './registry.ts'
import { script } from './script.ts'
import { SandboxMachine } from './testing/sandbox-machine.ts'

describe('in a real sandbox', () => {
  let machine: SandboxMachine
  beforeAll(async () => {
    machine = await SandboxMachine.start('script')
  })
  afterAll(() => machine[Symbol.asyncDispose]())
  const run = (params: Record<string, unknown>) => machine.check('script', params)
  const json = (answer: object) => `echo '${JSON.stringify(answer)}'`

  test('exit code 0 passes, 1 is not yet, all else is broken', async () => {
    expect(await run({ script: 'docker version >/dev/null && echo all well' })).toMatchObject({
      status: 'passed',
      message: 'all well',
    })
    expect(await run({ script: 'echo no backup\nexit 1' })).toMatchObject({
      status: 'not-yet',
      code: 'script-not-yet',
      message: 'no backup',
      evidence: [{ expected: 'exit code 0', observed: 'exit code 1: no backup' }],
    })
    expect(await run({ script: 'echo passed; exit 2' })).toMatchObject({ code: 'probe-failed' })
    expect(await run({ script: 'no-such-program' })).toMatchObject({ status: 'broken' })
    expect(await run({ script: 'if then' })).toMatchObject({ code: 'probe-failed' })
  })

  test('a line of JSON answers with a declared code', async () => {
    const codes = { 'no-backup': 'There is no backup.' }
    const answer = { status: 'not-yet', code: 'no-backup', message: 'No.', evidence: [] }
    const ask = (script: string) => run({ script, answers: 'json', codes })
    expect(await ask(json(answer))).toMatchObject({ status: 'not-yet', code: 'no-backup', message: 'No.' })
    expect(await ask(json({ status: 'passed', message: 'Yes.' }))).toMatchObject({ status: 'passed' })
    expect(await ask(`${json({ status: 'passed', message: 'Yes.' })}; exit 1`)).toMatchObject({
      code: 'probe-failed',
    })
    expect(await ask(json({ ...answer, code: 'other' }))).toMatchObject({ code: 'probe-failed' })
  })

  test('it runs as whom it is told, at home, with an empty standard input and no file of its own', async () => {
    const look = 'echo "$(id -un) $PWD $(cat | wc -c) $0"'
    expect(await run({ script: look })).toMatchObject({ message: 'student /home/student 0 /bin/bash' })
    expect(await run({ script: look, user: 'root' })).toMatchObject({
      message: 'root /home/student 0 /bin/bash',
    })
  })

  test('one that hangs or babbles is broken and ended', async () => {
    expect(await run({ script: 'sleep 71 & sleep 71', timeout_ms: 300 })).toMatchObject({
      code: 'probe-failed',
      message: 'The script of this check did not end in time.',
    })
    expect(await run({ script: 'yes' })).toMatchObject({ code: 'probe-failed' })
    await expect.poll(() => machine.sh('pgrep -ax "sleep|yes" || echo gone'), { timeout: 5_000 }).toBe('gone')
  })
})

describe('what a script says', () => {
  const judge = (stdout: string, given: object = {}, exitCode = 0) =>
    script.judge({ exitCode, stdout, stderr: '' }, script.params.parse({ script: ':', ...given }))

  test.each([
    ['nothing', ''],
    ['no JSON', 'passed'],
    ['a list', '[{"status":"passed","message":"x"}]'],
    ['no message', '{"status":"passed"}'],
    ['a field of its own', '{"status":"passed","message":"x","grade":1}'],
    ['a status of its own', '{"status":"done","message":"x"}'],
    ['words before it', 'hello\n{"status":"passed","message":"x"}'],
    ['two answers', '{"status":"passed","message":"x"}\n{"status":"passed","message":"x"}'],
    ['a code of another', '{"status":"not-yet","code":"toString","message":"x"}'],
    ['too much', JSON.stringify({ status: 'passed', message: 'x'.repeat(700) })],
  ])('is no answer in JSON when it is %s', (_, stdout) => {
    expect(judge(stdout, { answers: 'json' })).toMatchObject({ status: 'broken', code: 'probe-failed' })
  })

  test('is no JSON where the exit code answers: a file that it shows cannot decide', () => {
    expect(judge('{"status":"passed","message":"x"}', {}, 1)).toMatchObject({ status: 'not-yet' })
  })

  test('declared codes are known to labs, and to what holds the script', () => {
    const given = { script: ':', answers: 'json', codes: { 'no-backup': 'None.' } }
    const not = (code: string) =>
      checks.get('not')?.params.safeParse({ of: { use: 'script', with: given }, codes: [code] }).success
    expect(not('no-backup')).toBe(true)
    expect(not('script-not-yet')).toBe(true)
    expect(not('other')).toBe(false)
  })
})
