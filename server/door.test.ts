import { expect, test } from 'vitest'
import { Door } from './door.ts'

/** The code with which a request to port 4000 is refused; undefined when it may come in. */
function refusal(door: Door, host: string, origin?: string): string | undefined {
  try {
    door.admit({ headers: { host, ...(origin !== undefined && { origin }) }, socket: { localPort: 4000 } })
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('the port by which a container engine publishes it is its own too', () => {
  const door = new Door({ port: 4000, published: '127.0.0.1:8080' })
  expect(refusal(door, '127.0.0.1:8080', 'http://127.0.0.1:8080')).toBeUndefined()
  expect(refusal(door, '127.0.0.1:4000')).toBeUndefined()
  expect(refusal(door, '127.0.0.1:8081')).toBe('host-refused')
  expect(refusal(door, 'evil.example:8080')).toBe('host-refused')
  expect(refusal(door, '127.0.0.1:8080', 'http://evil.example:8080')).toBe('origin-refused')
})

test('behind a proxy it has the name that was given, and no other', () => {
  const door = new Door({ port: 4000, url: 'https://labs.example.org' })
  expect(refusal(door, 'labs.example.org', 'https://labs.example.org')).toBeUndefined()
  expect(refusal(door, 'LABS.example.org')).toBeUndefined()
  expect(refusal(door, 'labs.example.org', 'http://labs.example.org')).toBe('origin-refused')
  expect(refusal(door, 'labs.example.org', 'https://evil.example')).toBe('origin-refused')
  expect(refusal(door, 'labs.example.org:4000')).toBe('host-refused')
  expect(refusal(door, 'evil.example', 'https://labs.example.org')).toBe('host-refused')
  expect(refusal(door, '127.0.0.1:4000')).toBeUndefined()
})
