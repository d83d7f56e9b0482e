import { expect, test } from 'vitest'
import { retiredTags } from './retire-images.ts'

const DAY = 86_400
const versions = (name: string, ages: number[]) =>
  ages.map((days) => ({
    Id: `${name}-${days}`,
    Created: 1000 * DAY - days * DAY,
    RepoTags: [`drydock/${name}:${days}`],
  }))

test('the newest four stay, however old', () => {
  expect(retiredTags(versions('sandbox', [100, 200, 300, 400]), new Set(), 1000 * DAY)).toEqual([])
})

test('older ones go, except those that are in use or younger than a day', () => {
  const images = [...versions('sandbox', [5, 0.1, 0.2, 0.3, 0.4, 0.5, 6]), ...versions('tools', [7])]
  expect(retiredTags(images, new Set(['sandbox-6']), 1000 * DAY)).toEqual(['drydock/sandbox:5'])
})

test('an image without a name is not looked at', () => {
  expect(retiredTags([{ Id: 'x', Created: 0 }], new Set(), 1000 * DAY)).toEqual([])
})
