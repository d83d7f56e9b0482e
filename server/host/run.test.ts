import { expect, test } from 'vitest'
import { lineReport } from './report.ts'
import { run } from './run.ts'

test('output comes back, both streams, also a last line without an end', async () => {
  expect((await run(['sh', '-c', 'echo out; printf err >&2'])).split('\n').sort()).toEqual(['err', 'out'])
})

test('a failure says what failed, how, and the end of its output', async () => {
  const failing = run(['sh', '-c', 'seq 100; exit 4'])
  await expect(failing).rejects.toMatchObject({
    code: 'host-command-failed',
    message: expect.stringMatching(/ended with exit code 4\n {2}81\n[\s\S]*100$/),
  })
})

test('a program that is not there and one that takes too long are failures too', async () => {
  await expect(run(['drydock-no-such-program'])).rejects.toMatchObject({ code: 'host-command-failed' })
  await expect(run(['sleep', '60'], { timeoutMs: 50 })).rejects.toThrow('was ended by SIGTERM')
})

test('an endless line is cut', async () => {
  const lines: string[] = []
  await run(['sh', '-c', 'head -c 300000 /dev/zero | tr "\\0" x'], { onLine: (line) => lines.push(line) })
  expect(lines.every((line) => line.length <= 10_000)).toBe(true)
})

test('each step is one line with its outcome and duration, also when it fails', async () => {
  const lines: string[] = []
  const report = lineReport((line) => lines.push(line))
  await report.step('images', async (step) => step.outcome('2 made'))
  await report.step('server', async () => {})
  await expect(report.step('host engine', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(lines).toEqual([
    expect.stringMatching(/^images {8}2 made \(\d+\.\d s\)$/),
    expect.stringMatching(/^server {8}ready \(\d+\.\d s\)$/),
    expect.stringMatching(/^host engine {3}failed \(\d+\.\d s\)$/),
  ])
})
