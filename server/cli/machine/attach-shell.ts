import type { Sandbox } from '../../sandbox/sandbox-driver.ts'

/** Joins this terminal to a shell in the sandbox until that ends; answers with its exit code. Input and output must be a terminal. */
export async function attachShell(sandbox: Sandbox, signal: AbortSignal): Promise<number> {
  const { stdin, stdout } = process
  const size = () => ({ cols: stdout.columns, rows: stdout.rows })
  const shell = await sandbox.exec({ argv: ['/opt/drydock/bin/shell'], tty: size(), signal })
  const resize = () => void shell.resize(size().cols, size().rows).catch(() => undefined)
  stdin.setRawMode(true)
  stdout.on('resize', resize)
  try {
    shell.stream.on('error', () => shell.stream.destroy())
    stdin.pipe(shell.stream)
    shell.stream.pipe(stdout, { end: false })
    return (await shell.exit) ?? 1
  } finally {
    stdin.unpipe(shell.stream)
    stdin.setRawMode(false)
    stdin.pause()
    stdout.off('resize', resize)
  }
}
