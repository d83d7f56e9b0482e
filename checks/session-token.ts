const LETTERS = 24

/**
 * A word of 24 hex digits that differs by session: what a setup.sh finds as DRYDOCK_TOKEN, for keys and passwords that a check
 * has to look for. The seed itself cannot be told from it.
 */
export async function sessionToken(seed: string): Promise<string> {
  const text = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', text.encode(`token of ${seed}`), algorithm, false, [
    'sign',
  ])
  const signed = await crypto.subtle.sign('HMAC', key, text.encode('DRYDOCK_TOKEN'))
  return Buffer.from(signed).toString('hex').slice(0, LETTERS)
}
