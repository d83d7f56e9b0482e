import type { Sandbox, SandboxSpec } from './sandbox-driver.ts'
import { newSandboxId } from './sandbox-id.ts'

/** Root's and the student's environment for programs that are looked up by name. */
export const shellEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
}

export interface Ran {
  code: number | undefined
  out: string
  err: string
}

/** A fresh description of a sandbox. */
export function newSpec(more: Partial<SandboxSpec> = {}): SandboxSpec {
  return { id: newSandboxId(), hostname: 'harbour', motd: 'Welcome to the harbour', ...more }
}

/** Runs a program in the sandbox to its end. */
export async function run(
  sandbox: Sandbox,
  argv: string[],
  options: { user?: 'student'; env?: Record<string, string>; input?: string | Buffer } = {},
): Promise<Ran> {
  const { user, env, input } = options
  const { stream, exit, stderr } = await sandbox.exec({ argv, user, env })
  stream.end(input)
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return { code: await exit, out: Buffer.concat(chunks).toString('utf8'), err: stderr() }
}

/** Runs a script with bash as root and answers with what it printed, trimmed. Throws when it fails. */
export async function sh(sandbox: Sandbox, script: string, user?: 'student'): Promise<string> {
  const { code, out, err } = await run(sandbox, ['/bin/bash', '-euc', script], { env: shellEnv, user })
  if (code !== 0) throw new Error(`exit ${code}: ${script}\n${out}\n${err}`)
  return out.trim()
}

/** Asks the student engine for a path over a connection of its own; resolves with the raw answer. */
export async function askEngine(sandbox: Sandbox, path: string): Promise<string> {
  const stream = await sandbox.dialEngine()
  stream.write(`GET ${path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n`)
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** Calls again until the answer is true; ends with the test's own time limit. */
export async function eventually(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask()));
}
