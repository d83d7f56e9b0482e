import { sessionToken } from '../../checks/session-token.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'
import { runScript } from './run-script.ts'

/** A setup.sh may build an image. */
export const SETUP_MS = 120_000
const OUTPUT_BYTES = 16 * 1024
/** So much of its last words goes into the error. */
const SAID_BYTES = 300

export interface RunSetupDeps {
  clock: Clock
  log: Pick<Log, 'warn'>
}

export interface SetupScript {
  name: 'setup.sh' | 'resume.sh'
  script: string
  seed: string
  /** For the log; none where an author tries the lab. */
  session?: string
  lab: string
}

/** Prepares a lab in its sandbox by a script of its own: setup.sh, or resume.sh after a reset. It has the session's token as DRYDOCK_TOKEN. Throws `setup-failed` when that does not end well. */
export async function runSetup(
  { clock, log }: RunSetupDeps,
  sandbox: Pick<Sandbox, 'exec'>,
  { name, script, seed, session, lab }: SetupScript,
  signal?: AbortSignal,
): Promise<void> {
  const token = await sessionToken(seed)
  const env = { DRYDOCK_TOKEN: token }
  const options = { clock, timeoutMs: SETUP_MS, maxBytes: OUTPUT_BYTES, env, signal }
  const { exitCode, output, timedOut } = await runScript(sandbox, script, options)
  if (exitCode === 0) return
  const how = timedOut
    ? `did not end within ${SETUP_MS / 1000} s`
    : `ended with exit code ${exitCode ?? 'unknown'}`
  // `set -x` prints it, and log and error are read by more than one person.
  const masked = output.replaceAll(token, 'DRYDOCK_TOKEN')
  const said = masked.trim().slice(-SAID_BYTES)
  log.warn({ session, lab, output: masked }, `a ${name} failed`)
  throw new DrydockError('setup-failed', `${name} ${how}${said ? `; it last said: ${said}` : '.'}`)
}
