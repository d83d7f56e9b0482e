import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../checks/registry.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import { trial } from './lab-trial.ts'
import { runScript } from './run-script.ts'
import { type TestTrials, testTrials } from './test-trials.ts'

const plain = { weight: 1, grading: 'latched', misconceptions: {}, verifyScript: undefined } as const

const lab: Lab = {
  slug: 'boat',
  title: 'A boat',
  promise: 'See it float',
  track: 'Foundations',
  order: 1,
  minutes: 5,
  level: 'start',
  needs: [],
  model: 'Wood is lighter than water.',
  goals: ['float'],
  images: [{ name: 'busybox:1', about: 'A box.' }],
  tools: [],
  brief: 'Once.',
  afterword: 'Then.',
  resume: undefined,
  hint_cost: 0,
  time: {},
  resources: {},
  setup: 'docker run -d --name quay busybox:1 sleep 600 && test $(printf %s $DRYDOCK_TOKEN | wc -c) = 24',
  solutions: [],
  checks,
  contentHash: '0'.repeat(64),
  tasks: [
    {
      id: 'launch',
      title: 'Launch it',
      body: 'Launch it.',
      hints: ['a', 'b', 'c'],
      ...plain,
      answers: [],
      checks: [
        { use: 'object_exists', with: { ref: 'boat' }, codes: { 'object-missing': 'no-boat' }, messages: {} },
      ],
    },
    {
      id: 'name',
      title: 'Name it',
      body: 'Name it.',
      hints: ['a', 'b', 'c'],
      ...plain,
      answers: [
        {
          name: 'wood',
          label: 'Which wood?',
          options: [
            { value: 'oak', label: 'Oak' },
            { value: 'elm', label: 'Elm' },
          ],
        },
      ],
      checks: [
        {
          use: 'answer',
          with: { field: 'wood', expected: { kind: 'text', value: 'elm' } },
          codes: {},
          messages: {},
        },
      ],
    },
  ],
}

let trials: TestTrials
beforeAll(async () => {
  trials = await testTrials('trial')
})
afterAll(async () => {
  expect(await trials.close()).toEqual([])
})

test('a script acts as the student after the setup, its answers count, and the sandbox is gone afterwards', async () => {
  const script = `
    id -un; pwd
    docker inspect -f '{{.State.Running}}' quay
    read -r line || echo 'nothing to read'
    answer wood pine; echo "exit $?"
    answer stone granite; echo "exit $?"
    answer wood oak; answer wood elm; echo "exit $?"
    ls -A | grep -v '^[.]' ; echo told >&2
    exit 7`
  const { script: ended, tasks, verdicts } = await trial(trials.deps, { lab, script })
  expect(ended).toMatchObject({ exitCode: 7, timedOut: false })
  const lines = ended?.output.split('\n') ?? []
  expect(lines.slice(0, 4)).toEqual(['student', '/home/student', 'true', 'nothing to read'])
  expect(lines.filter((line) => line.startsWith('exit'))).toEqual(['exit 1', 'exit 1', 'exit 0'])
  expect(lines.at(-2)).toBe('told')
  expect(tasks).toMatchObject([
    { task: 'launch', status: 'not-yet', code: 'no-boat' },
    { task: 'name', status: 'passed', code: 'passed' },
  ])
  expect(verdicts.map(({ task, check }) => [task, check])).toEqual([
    ['launch', 'object_exists'],
    ['name', 'answer'],
  ])
  expect(await trials.driver.list()).toEqual([])
})

test('only the tasks asked for are graded, and no script means an untouched start', async () => {
  const { tasks, script } = await trial(trials.deps, { lab, tasks: ['name'] })
  expect(tasks).toMatchObject([{ task: 'name', status: 'not-yet', code: 'answer-missing' }])
  expect(script).toBeUndefined()
})

test('a setup that fails says how, and leaves nothing', async () => {
  const broken = { ...lab, setup: 'echo the quay is closed; exit 3' }
  await expect(trial(trials.deps, { lab: broken })).rejects.toMatchObject({
    code: 'setup-failed',
    message: 'setup.sh ended with exit code 3; it last said: the quay is closed',
  })
  expect(await trials.driver.list()).toEqual([])
})

test('a trial that is stopped leaves nothing', async () => {
  const stopping = new AbortController()
  const running = trial(trials.deps, {
    lab,
    script: 'docker rename quay left; sleep 600',
    signal: stopping.signal,
  })
  const stopped = expect(running).rejects.toThrow('enough')
  await expect.poll(() => trials.driver.list(), { timeout: 20_000 }).toHaveLength(1)
  stopping.abort(new Error('enough'))
  await stopped
  expect(await trials.driver.list()).toEqual([])
})

test('a script that takes too long is ended, and of a talkative one the last words are kept', async () => {
  const sandbox = await trials.driver.create({ id: '00000000000000bb', hostname: 'boat', motd: '' })
  try {
    const options = { clock: trials.deps.clock, timeoutMs: 2_000, maxBytes: 1_000 }
    const late = await runScript(sandbox, 'echo started; exec -a sleeper sleep 600', options)
    expect(late).toEqual({ exitCode: undefined, output: 'started\n', timedOut: true })
    const left = async () => (await runScript(sandbox, 'pgrep -fc "^sleeper" || true', options)).output.trim()
    await expect.poll(left, { timeout: 10_000 }).toBe('0')
    const { output, exitCode } = await runScript(sandbox, 'seq 200000', { ...options, timeoutMs: 30_000 })
    expect(exitCode).toBe(0)
    expect(output).toHaveLength(1_000)
    expect(output.endsWith('199999\n200000\n')).toBe(true)
  } finally {
    await sandbox.destroy()
  }
})
