import { stripTypeScriptTypes } from 'node:module'
import type { Check } from '../checks/check.ts'
import { ownChecksOf } from '../checks/own-checks.ts'

export type OwnChecks = { ok: true; checks: Check[] } | { ok: false; line?: number; message: string }

/**
 * A lab's own checks from the text of its checks.ts, which runs in the server: labs are trusted content. What runs is the very
 * text that is hashed, and another text is another module, so an edited file can be loaded again.
 */
export async function loadOwnChecks(text: string): Promise<OwnChecks> {
  try {
    const script = stripTypeScriptTypes(text)
    const module: { default?: unknown } = await import(
      `data:text/javascript;base64,${Buffer.from(script).toString('base64')}`
    )
    return { ok: true, checks: ownChecksOf(module.default) }
  } catch (error) {
    return { ok: false, ...explain(error) }
  }
}

function explain(error: unknown): { line?: number; message: string } {
  if (!(error instanceof Error)) return { message: `cannot be loaded: ${String(error).slice(0, 300)}` }
  const stack = error.stack ?? ''
  const place = /^:(\d+)$/m.exec(stack)?.[1] ?? /\bdata:text\/javascript\S*?:(\d+):\d+\)?$/m.exec(stack)?.[1]
  const message = /module specifier "([^"]*)" from/.exec(error.message)?.[1]
  return {
    ...(place && { line: Number(place) }),
    message:
      message === undefined
        ? `cannot be loaded: ${error.message.split('\n')[0]?.slice(0, 300)}`
        : `imports ${message}: it may import types only, what it needs is handed to its default export`,
  }
}
