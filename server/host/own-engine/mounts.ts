import { readFile } from 'node:fs/promises'
import { run } from '../run.ts'

/** Mount points below a directory, in the order in which they were made. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8')
  const points = mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? [])
  return points.map(unescapeMountPoint).filter((point) => point.startsWith(`${directory}/`))
}

/** Unmounts everything below a directory, the latest first. */
export async function unmountBelow(directory: string): Promise<void> {
  for (const point of (await mountsBelow(directory)).reverse()) await run(['umount', '--lazy', point])
}

/** The kernel writes white space and backslashes in mount points as three octal digits. */
function unescapeMountPoint(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
