import { expect, test } from 'vitest'
import { describeConfig, loadConfig } from './config.ts'

test('an empty environment gives the defaults', () => {
  expect(loadConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    dataDir: '/var/lib/drydock',
    dockerSocket: '',
    installation: 'main',
    allowUnmapped: false,
  })
})

test('an empty variable counts as not set', () => {
  expect(loadConfig({ DRYDOCK_PORT: '' }).port).toBe(4000)
})

test('settings cannot be changed afterwards', () => {
  expect(Object.isFrozen(loadConfig({}))).toBe(true)
})

test.each([
  ['DRYDOCK_PORT', '65536'],
  ['DRYDOCK_PORT', 'http'],
  ['DRYDOCK_LOG_LEVEL', 'loud'],
  ['DRYDOCK_INSTALLATION', 'Main!'],
  ['DRYDOCK_DATA_DIR', 'data'],
  ['DRYDOCK_DOCKER', 'tcp://1.2.3.4:2375'],
  ['DRYDOCK_ALLOW_UNMAPPED', 'yes'],
  ['DRYDOCK_ALLOW_REMOTE', 'yes'],
  ['DRYDOCK_PUBLISHED', '4000'],
  ['DRYDOCK_URL', 'labs.example.org'],
  ['DRYDOCK_URL', 'https://labs.example.org/'],
  ['DRYDOCK_URL', 'ftp://labs.example.org'],
])('%s=%s is refused by name', (variable, value) => {
  expect(() => loadConfig({ [variable]: value })).toThrow(
    expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(variable) }),
  )
})

test('only the whole sentence opens the door to an engine without remapping', () => {
  expect(loadConfig({ DRYDOCK_ALLOW_UNMAPPED: 'i-trust-every-student-with-root' }).allowUnmapped).toBe(true)
})

test('the table shows each setting with its value and its default', () => {
  const port = describeConfig({ DRYDOCK_PORT: '4100' }).find((line) => line.startsWith('DRYDOCK_PORT'))
  expect(port).toMatch(/^DRYDOCK_PORT +4100 +4000 +port/)
})
