/** How Docker, its build and compose say that they could not reach a registry: by name, by address or by timeout. */
const FAILURE =
  /(?:https?:\/\/[\w.-]+(?::\d+)?\/v2\/|failed to do request: Head )[^\n]{0,400}(?:dial tcp|no such host|network is unreachable|i\/o timeout|Temporary failure|server misbehaving|request canceled)/

/** A message of Docker is one line of a few hundred characters. */
const KEPT = 1024

/** Looks at a shell's output for pulls that failed because there is no registry. */
export class PullFailureWatch {
  #tail = ''

  /** Whether these bytes complete such a message. */
  take(bytes: Buffer): boolean {
    // Latin-1 keeps every byte a character: the message is ASCII, and a character cut in two harms nothing.
    const text = this.#tail + bytes.toString('latin1')
    this.#tail = text.slice(-KEPT)
    if (!text.includes('/v2/') && !text.includes('failed to do request')) return false
    if (!FAILURE.test(unwrapped(text))) return false
    this.#tail = ''
    return true
  }
}

/** Without colours and carriage returns. */
function unwrapped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is removed
  return text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, '')
}
