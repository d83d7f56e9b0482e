import { expect, test } from 'vitest'
import { labFile } from './lab-schema.ts'

const { resources } = labFile.shape
const words = (given: object) => resources.safeParse(given).error?.issues.map(({ message }) => message) ?? []

test('what a machine may use is written as Docker writes it, within bounds', () => {
  for (const fine of [
    {},
    { memory: '256m', disk: '1g', pids: 100, cpus: 1 },
    { memory: '64g', disk: '1024g' },
  ])
    expect(words(fine)).toEqual([])
  for (const memory of ['3gb', '0m', '1.5g', '-1g', '512', '512M'])
    expect(words({ memory })).toContain('must be a whole number of MiB or GiB, such as 512m or 8g')
  expect(words({ memory: '128m' })).toEqual(['must be between 256m and 64g'])
  expect(words({ disk: '2000g' })).toEqual(['must be between 1g and 1024g'])
  expect(words({ pids: 50 })).toHaveLength(1)
  expect(words({ cpus: 0.5 })).toHaveLength(1)
  expect(words({ gpus: 1 })).toHaveLength(1)
})
