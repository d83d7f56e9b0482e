import { expect, test } from 'vitest'
import { PullFailureWatch } from './pull-failure.ts'

const run = [
  "Unable to find image 'alpine:latest' locally\r\n",
  'docker: Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on [::1]:53: read udp [::1]:52010->[::1]:53: read: connection refused.\r\n',
]
const build =
  '#2 ERROR: failed to do request: Head "https://registry-1.docker.io/v2/library/alpine/manifests/latest": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution\r\n'
const coloured =
  '\x1b[31mError response from daemon: Get "https://ghcr.io/v2/": \x1b[0mdial tcp: lookup ghcr.io: no such host\x1b[0m\r\n'

test.each([
  ['docker run', run.join('')],
  ['docker build', build],
  ['colours in between', coloured],
])('sees it: %s', (_name, text) => {
  expect(new PullFailureWatch().take(Buffer.from(text))).toBe(true)
})

test('sees it once, however the output is cut', () => {
  const bytes = Buffer.from(run.join(''))
  for (let cut = 1; cut < bytes.length; cut += 7) {
    const watch = new PullFailureWatch()
    const seen = [bytes.subarray(0, cut), bytes.subarray(cut), Buffer.from('$ ls\r\n')].map((piece) =>
      watch.take(piece),
    )
    expect(seen.filter(Boolean)).toHaveLength(1)
  }
})

test.each([
  ['no such image in a local tag', 'Error: No such image: nope:1\r\n'],
  ['a working request', 'GET https://localhost:5000/v2/ 200 OK\r\n'],
  ['another failed dial', 'curl: (7) dial tcp 127.0.0.1:8080: connect: connection refused\r\n'],
  ['two lines that only together look alike', 'https://a.example/v2/\nsomething\ndial tcp\n'],
])('says nothing: %s', (_name, text) => {
  expect(new PullFailureWatch().take(Buffer.from(text))).toBe(false)
})

test('a flood of output is looked through in little time', () => {
  const watch = new PullFailureWatch()
  const piece = Buffer.from('https://a/v2/'.repeat(5_000))
  const started = performance.now()
  for (let i = 0; i < 20; i += 1) watch.take(piece)
  expect(performance.now() - started).toBeLessThan(2_000)
})
