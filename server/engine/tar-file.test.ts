import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { firstFileOfTar, tarOf } from './tar-file.ts'

test('an archive that tar itself reads', () => {
  const archive = tarOf([
    { path: '/etc/app/run.sh', content: 'echo é\n', mode: 0o755 },
    { path: '/empty', content: '' },
  ])
  const listed = execFileSync('tar', ['-tvf', '-', '--numeric-owner'], { input: archive, encoding: 'utf8' })
  expect(listed).toMatch(/^-rwxr-xr-x 0\/0 +8 .* etc\/app\/run\.sh\n-rw-r--r-- 0\/0 +0 .* empty\n$/)
  expect(firstFileOfTar(archive)?.toString()).toBe('echo é\n')
  expect(() => tarOf([{ path: `/${'a'.repeat(100)}`, content: '' }])).toThrow(RangeError)
})
