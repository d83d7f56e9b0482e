import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeAgain } from './testing/check-twice.ts'
import { SandboxMachine } from './testing/sandbox-machine.ts'

let machine: SandboxMachine
beforeAll(async () => {
  machine = await SandboxMachine.start('rebld')
  await machine.sh(`
    mkdir slow good && cd slow && echo flask > requirements.txt && echo v1 > app.py && chmod 600 app.py
    cat > Dockerfile <<'END'
FROM busybox:1
ARG STAMP=none
COPY . /app
RUN cp /app/requirements.txt /deps.lock
CMD ["cat", "/app/app.py", "/deps.lock"]
END
    cp requirements.txt app.py ../good && cd ../good
    cat > Dockerfile <<'END'
FROM busybox:1
COPY requirements.txt /r
RUN cp /r /deps.lock && sleep 2
COPY . /app
ARG STAMP=none
RUN echo $STAMP > /stamp
CMD ["cat", "/app/app.py", "/deps.lock", "/stamp"]
END
    docker build -q -t mine:1 .`)
})
afterAll(() => machine[Symbol.asyncDispose]())

/** Builds twice, and answers with the codes under each of these expectations. */
async function rebuild(folder: string, params: object, expectations: object[]) {
  const asked = { folder: `/home/student/${folder}`, ...params, expect: expectations[0] }
  const run = await machine.ask('rebuild_probe', asked)
  const codes = expectations.map((each) => codeAgain(run, 'rebuild_probe', asked, { ...asked, expect: each }))
  return { ...run.verdict, codes }
}
const app = { file: 'app.py', content: 'v2\n' }
const deps = { file: 'requirements.txt', append: 'jinja\n' }
const run = {}

test('an edited source keeps the layers of what was installed', async () => {
  const { codes } = await rebuild('good', { edits: [app] }, [
    { changed_layers: { max: 2 }, cached: 'RUN cp', run: { stdout: { matches: '^v2$' } } },
    { run: { stdout: { matches: '^v1$' } } },
    { run, rerun: 'RUN cp' },
    { run, changed_layers: { min: 4 } },
    { run, kept_layers: { max: 2 } },
    { run, cached: 'RUN pip' },
    { run, fails: true },
  ])
  const stale = ['deps-stale', 'deps-stale', 'deps-stale']
  expect(codes).toEqual(['passed', 'output-missing', ...stale, 'step-missing', 'build-succeeded'])
})

test('where everything is copied first it does not', async () => {
  const { message, codes } = await rebuild('slow', { edits: [app] }, [
    { cached: 'RUN cp' },
    { changed_layers: { max: 1 } },
    { kept_layers: { min: 2 } },
    { rerun: 'RUN cp' },
  ])
  expect(message).toMatch(/^After the change this was run again: \[3\/3\] RUN cp/)
  expect(codes).toEqual(['cache-busted', 'cache-busted', 'cache-busted', 'passed'])
})

test('edited requirements are installed again', async () => {
  const says = { stdout: { matches: '^jinja$', lacks: '^v2$' } }
  const { codes } = await rebuild('good', { edits: [deps] }, [{ rerun: 'RUN cp', run: says }])
  expect(codes).toEqual(['passed'])
})

test('a build argument costs only what stands below it, and time counts for the second build', async () => {
  const args = { args: { STAMP: 'one' }, edited_args: { STAMP: 'two' } }
  const { codes } = await rebuild('good', args, [
    { max_share: 1, changed_layers: { max: 1 }, run: { stdout: { matches: '^two$' } } },
    { max_share: 0.001, run },
    { max_share: 1, run, max_ms: 100 },
  ])
  expect(codes).toEqual(['passed', 'build-slow', 'build-slow'])
})

test('a build that fails is told with its own words, before and after the edits', async () => {
  const broken = { edits: [{ file: 'requirements.txt', remove: true }] }
  expect(await rebuild('good', broken, [{}, { fails: true }])).toMatchObject({
    codes: ['build-failed', 'passed'],
    evidence: [
      { observed: expect.stringMatching(/^exit code 1: .*requirements.txt/) },
      { observed: ' > [2/5] COPY requirements.txt /r:' },
    ],
  })
  expect((await rebuild('good', { target: 'nothing' }, [{}])).codes).toEqual(['build-failed'])
  for (const folder of ['nothing', 'good/app.py'])
    expect((await rebuild(folder, {}, [{}])).codes).toEqual(['folder-missing'])
  await machine.sh('mkdir large && truncate -s 1G large/hole')
  expect((await rebuild('large', {}, [{}])).codes).toEqual(['folder-too-large'])
})

test("nothing is left but cache, and the student's own image of the same files stays", async () => {
  const before = await machine.sh(
    'docker images -aq --no-trunc | sort; docker ps -aq; cat good/app.py; docker inspect -f {{.Id}} mine:1',
  )
  await rebuild('good', { edits: [app, { file: 'app.py', mode: '0640' }] }, [{}])
  expect(
    await machine.sh(
      'docker images -aq --no-trunc | sort; docker ps -aq; cat good/app.py; docker inspect -f {{.Id}} mine:1',
    ),
  ).toBe(before)
  await machine.flush()
  const images = machine.rows.filter((row) => row.kind === 'event').filter((row) => row.type === 'image')
  expect(images.filter((row) => row.by !== 'check').map((row) => row.action)).toEqual(['tag'])
  expect(images.filter((row) => row.by === 'check').length).toBeGreaterThan(1)
})
