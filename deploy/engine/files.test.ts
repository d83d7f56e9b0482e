import { expect, test } from 'vitest'
import { kernelSettings } from '../../server/host/kernel-settings.ts'
import { seccompProfile } from '../../server/sandbox/docker/seccomp.ts'
import { allowedToEngine } from '../../server/sandbox/docker/seccomp-table.ts'

// After a change of either table: `npx vitest run deploy/engine --update=all` writes both files anew.

test('the engine container has the seccomp profile of the sandboxes, and what the engine itself needs', async () => {
  const profile = `${JSON.stringify(seccompProfile(allowedToEngine), undefined, 1)}\n`
  await expect(profile).toMatchFileSnapshot('seccomp.json')
})

test('it raises the same numbers of the kernel as npm start', async () => {
  const lines = kernelSettings.map(({ name, bound, value }) => `${name} ${bound} ${value}\n`).join('')
  await expect(lines).toMatchFileSnapshot('kernel-settings')
})
