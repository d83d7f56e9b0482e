import type { ChangedFile, SandboxWitness } from '../sandbox-driver.ts'
import { compareMounts } from './mounts.ts'

/** Most names that are listed. */
export const FILES_LIMIT = 3_000

/** The engine of the sandbox image, and the program through which the server speaks to it. */
const ENGINE = '/usr/sbin/dockerd'
const DIALLER = '/opt/drydock/bin/dial'

const KINDS: Record<string, ChangedFile['kind']> = { f: 'file', l: 'link', c: 'removed', d: 'folder' }

interface Process {
  /** As the host numbers it, and as the sandbox does. */
  pid: string
  inside: number
  /** The parent, as the host numbers it. */
  parent: string
  program: string
  /** Its mount namespace, in the kernel's words. */
  mounts: string
  /** Inodes of its sockets. */
  sockets: string[]
}

/** Reads the helper's records. `container` is the sandbox's own id, `first` its first process, as the host numbers it. */
export function parseWitness(text: string, container: string, first: number): SandboxWitness {
  const parts = sections(Buffer.from(text, 'base64').toString('utf8'))
  const part = (name: string) => parts.get(name) ?? []
  const { added, gone } = compareMounts(part('start').join(''), part('mounts').join(''))
  const processes = processesOf(words(part('ids')), part('links'))
  const files = part('files').map(changedFile)
  return {
    files: files.slice(0, FILES_LIMIT),
    truncated: files.length > FILES_LIMIT,
    mounts: added,
    unmounted: gone,
    answering: answering(processes, words(part('connections')), String(first)),
    containers: containersOf(words(part('processes')), processes, container),
    memory: memoryOf(part('memory').join('')),
  }
}

/** Records that end with NUL; one that begins with `=` names what follows it. No other begins so. */
function sections(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  let records: string[] = []
  for (const record of text.split('\0')) {
    if (record.startsWith('=')) {
      records = []
      found.set(record.slice(1), records)
    } else records.push(record)
  }
  return found
}

const words = (records: readonly string[]) =>
  records
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.trim().split(/ +/))

function changedFile(record: string): ChangedFile {
  return { kind: KINDS[record[0] ?? ''] ?? 'other', path: record.slice(3) }
}

function processesOf(ids: readonly string[][], links: readonly string[]): Map<string, Process> {
  const processes = new Map<string, Process>()
  for (const [pid = '', inside, parent = ''] of ids)
    processes.set(pid, { pid, inside: Number(inside), parent, program: '', mounts: '', sockets: [] })
  for (const record of links) {
    const [, pid = '', what, target = ''] = /^\/proc\/(\d+)\/(exe|ns\/mnt|fd\/\d+) (.*)$/s.exec(record) ?? []
    const process = processes.get(pid)
    if (!process) continue
    if (what === 'exe') process.program = target
    else if (what === 'ns/mnt') process.mounts = target
    else process.sockets.push(target.replace(/^socket:\[(\d+)\]$/, '$1'))
  }
  return processes
}

/** Who holds the other ends of the diallers that were started from outside. */
function answering(
  processes: ReadonlyMap<string, Process>,
  connections: readonly string[][],
  first: string,
): SandboxWitness['answering'] {
  const all = [...processes.values()]
  const home = processes.get(first)?.mounts
  // A program started from outside has its parent outside; the sandbox's first process does too.
  const diallers = all.filter(({ program, parent }) => program === DIALLER && !processes.has(parent))
  const ours = new Set(diallers.flatMap(({ sockets }) => sockets))
  const found = new Map<string, { program: string; own: boolean }>()
  for (const line of connections) {
    // Names may hold blanks and more: the two that count are `HERE * THERE` at the end.
    const [here = '', , there = ''] = line.slice(-3)
    // 0: not yet taken by anybody, or closed by now.
    if (!ours.has(here) || there === '0') continue
    for (const holder of holders(all, there)) {
      const program = holder?.program ?? ''
      const own = program === ENGINE && holder?.parent === first && holder.mounts === home
      found.set(`${own} ${program}`, { program, own })
    }
  }
  return [...found.values()]
}

function holders(processes: readonly Process[], inode: string): (Process | undefined)[] {
  const found = processes.filter(({ sockets }) => sockets.includes(inode))
  return found.length > 0 ? found : [undefined]
}

function containersOf(
  groups: readonly string[][],
  processes: ReadonlyMap<string, Process>,
  own: string,
): Map<string, number[]> {
  const containers = new Map<string, number[]>()
  for (const [pid = '', id = ''] of groups) {
    const inside = processes.get(pid)?.inside
    if (id === own || id === '-' || inside === undefined) continue
    containers.set(id, [...(containers.get(id) ?? []), inside])
  }
  return containers
}

function memoryOf(line: string): SandboxWitness['memory'] {
  const [since = '', before, now, ...marks] = line.trim().split(' ')
  const [studentPeak, studentLimit, peak, limit] = marks.map(Number)
  const kills = Number(now) - Number(before)
  if (!/^\d{19}$/.test(since) || !Number.isSafeInteger(kills)) return
  const known = marks.length === 4 && marks.every((mark) => /^\d+$/.test(mark))
  return {
    since,
    kills,
    marks: known
      ? { studentPeak: studentPeak ?? 0, studentLimit: studentLimit ?? 0, peak: peak ?? 0, limit: limit ?? 0 }
      : undefined,
  }
}
