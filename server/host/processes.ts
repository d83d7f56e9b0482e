import { readFile, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** The command line of a running process, or undefined when there is none. */
export async function commandLine(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return text === '' ? undefined : text.split('\0')
}

/**
 * The process that a pid file names, if it still is the one that wrote it: `mark` is an argument of
 * its command line. Any other pid file is stale (its number may have been given to somebody else)
 * and is removed, since dockerd and containerd do not start over one.
 */
export async function ownerOfPidFile(file: string, mark: string): Promise<number | undefined> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''))
  if (Number.isInteger(pid) && pid > 1 && (await commandLine(pid))?.includes(mark)) return pid
  await rm(file, { force: true })
  return undefined
}

/** Asks a process to end (SIGTERM), insists after `patienceMs` (SIGKILL) and resolves when it is gone. */
export async function endProcess(pid: number, patienceMs: number): Promise<void> {
  const send = (signal: NodeJS.Signals) => {
    try {
      process.kill(pid, signal)
      return true
    } catch {
      return false
    }
  }
  if (!send('SIGTERM')) return
  const insistAt = performance.now() + patienceMs
  while (await holdsAnything(pid)) {
    if (performance.now() > insistAt) send('SIGKILL')
    await delay(20)
  }
}

/** Whether a process still may hold files and namespaces: one that only waits to be reaped (Z, X) does not. */
async function holdsAnything(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const state = stat.slice(stat.lastIndexOf(')') + 2)[0]
  return state !== undefined && state !== 'Z' && state !== 'X'
}
