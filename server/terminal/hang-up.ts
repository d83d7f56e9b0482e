import type { Sandbox } from '../sandbox/sandbox-driver.ts'

/** Hangs up on every process of the shells' cgroup that leads a session on a terminal, in either version of cgroups. */
const HANG_UP = `
for shell in $(cat /sys/fs/cgroup/shell/cgroup.procs /sys/fs/cgroup/pids/shell/cgroup.procs 2>/dev/null); do
  stat=$(cat /proc/$shell/stat 2>/dev/null) || continue
  set -- \${stat##*) }
  [ "$4" = "$shell" ] && [ "$5" != 0 ] && kill -HUP "$shell"
done
exit 0`

/** Ends the shells that a server which died left in a sandbox: nobody can attach to them, and a closed connection tells them nothing. */
export async function hangUpShells(sandbox: Pick<Sandbox, 'exec'>): Promise<void> {
  const { stream, exit } = await sandbox.exec({ argv: ['/opt/drydock/bin/busybox', 'sh', '-c', HANG_UP] })
  stream.on('error', () => stream.destroy())
  stream.resume().end()
  await exit
}
