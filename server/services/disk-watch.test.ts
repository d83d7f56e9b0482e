import { expect, test } from 'vitest'
import { nearlyFull } from './disk-watch.ts'

test('a disk is nearly full from 95% on and stays so until it is below 90%, by bytes or by files', () => {
  expect(nearlyFull({ bytes: 0.949, files: 0.1 })).toBeUndefined()
  const full = nearlyFull({ bytes: 0.9599, files: 0.1 })
  expect(full).toEqual({ used: 95, of: 'bytes' })
  expect(nearlyFull({ bytes: 0.91, files: 0.1 }, full)).toEqual({ used: 91, of: 'bytes' })
  expect(nearlyFull({ bytes: 0.89, files: 0.1 }, full)).toBeUndefined()
  expect(nearlyFull({ bytes: 0.97, files: 1 }, full)).toEqual({ used: 100, of: 'files' })
})
