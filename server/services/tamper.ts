import type { JournalRow } from '../../checks/check.ts'
import type { ChangedFile, SandboxWitness } from '../sandbox/sandbox-driver.ts'

/** Something about a machine that is not as Drydock made it. Says what is seen and accuses nobody. */
export interface TamperFinding {
  kind: /** A program of the engine or a shell is not the sandbox image's, or is gone. */
    | 'program'
    /** A program that stands before another of the same name on the search path. */
    | 'shadow'
    | 'library'
    /** What every dynamic program loads or where it looks for its libraries. */
    | 'loader'
    | 'engine-settings'
    | 'mount'
    /** What answers as the student engine is not the sandbox's own. */
    | 'engine'
    /** The engine and the kernel do not agree about a container. */
    | 'container'
    /** The same about an end for want of memory. */
    | 'oom'
    /** More changed files than are listed. */
    | 'flood'
  /** `heavy`: a verdict can hang on it, and the task shows as tampered. `slight`: worth a line for who looks closer. */
  weight: 'heavy' | 'slight'
  /** Where: a path in the sandbox, or a container's name. At most 300 characters, none of control. */
  path: string
  /** One sentence in plain words. */
  what: string
}

/** A container as the engine described it. */
export interface SeenContainer {
  id: string
  name: string
  /** Its first process as the sandbox numbers it; undefined where it did not run, or not as the same before and after. */
  pid: number | undefined
  /** Bytes; 0 for none. */
  memoryLimit: number
}

export interface TamperInput {
  witness: SandboxWitness
  containers: readonly SeenContainer[]
  rows: readonly JournalRow[]
}

/** So many findings are kept. */
const MAX_FINDINGS = 50

const ENGINE_PROGRAMS =
  /^(dockerd|containerd|containerd-shim.*|ctr|runc|docker-init|docker-proxy|tini|tini-static|(ip6?tables|xtables|nft)\b.*)$/
const SHELL_PROGRAMS = /^(docker|docker-compose|sh|bash|rbash|dash|busybox|sudo|env|cat|answer)$/
const ON_PATH = /^\/(usr\/(local\/)?)?s?bin\/([^/]+)$/s
/** Libraries that the engine's programs, the docker command and the shells are linked with. */
const LIBRARIES =
  /^\/(usr\/)?lib(64)?\/(.*\/)?(ld-linux|lib(c|m|dl|pthread|rt|resolv|nss_[a-z]+|tinfo|systemd|seccomp|devmapper|selinux|udev|cap|gcc_s|pcre2-8)\.so)[^/]*$/s
/** Directories of the image that may not turn into something else. */
const DIRECTORIES =
  /^\/(s?bin|lib|lib64|usr|etc|opt|var|run|usr\/(s?bin|lib|lib64|libexec|local)|usr\/local\/s?bin|opt\/drydock|var\/(run|lib))$/
/** Below these nothing of the student's is mounted in any ordinary work; `ip netns` keeps its names in /run/netns. */
const MOUNTED_OVER =
  /^\/($|(usr|s?bin|lib|lib64|etc|opt|proc|sys)(\/|$)|run($|\/(?!netns(\/|$)))|var($|\/(run|lib|lib\/docker)$))/
/** Mounts of the start without which what the server asks for cannot be trusted. */
const MOUNTED_AT_START = /^\/($|(opt|proc|sys)(\/|$)|run$|var\/lib\/docker$)/

/** Below this difference two marks of memory are the same: the kernel counts in pages and charges in batches. */
const MEMORY_SLACK = 4 * 1024 * 1024

/** What is not as it should be, heavy findings first; empty for a machine on which only containers, networks and the student's own files changed. */
export function judgeTamper({ witness, containers, rows }: TamperInput): TamperFinding[] {
  const found = [
    ...witness.files.flatMap(aboutFile),
    ...aboutFlood(witness),
    ...aboutMounts(witness),
    ...aboutEngine(witness),
    ...containers.flatMap((container) => aboutContainer(witness, container)),
    ...aboutOom(witness, containers, rows),
  ]
  const order = (weight: 'heavy' | 'slight') => found.filter((each) => each.weight === weight)
  return [...order('heavy'), ...order('slight')]
    .slice(0, MAX_FINDINGS)
    .map((each) => ({ ...each, path: shown(each.path) }))
}

function aboutFile({ path, kind }: ChangedFile): TamperFinding[] {
  const removed = kind === 'removed'
  const one = (
    kind: TamperFinding['kind'],
    weight: TamperFinding['weight'],
    what: string,
  ): TamperFinding[] => [{ kind, weight, path, what }]
  const name = ON_PATH.exec(path)?.at(-1)
  if (DIRECTORIES.test(path))
    return one('program', 'heavy', 'This is no longer the directory of the sandbox image.')
  if (name !== undefined && (ENGINE_PROGRAMS.test(name) || SHELL_PROGRAMS.test(name))) {
    const local = path.startsWith('/usr/local/') && name !== 'answer'
    if (removed && local) return []
    if (local)
      return one(
        'shadow',
        ENGINE_PROGRAMS.test(name) ? 'heavy' : 'slight',
        'This program is found before the one of the same name in the sandbox image.',
      )
    const what = removed
      ? 'This program of the sandbox image was removed.'
      : 'This is not the program of the sandbox image.'
    return one('program', name === 'answer' ? 'slight' : 'heavy', what)
  }
  if (/\/docker\/cli-plugins\/[^/]+$/s.test(path))
    return one('shadow', 'slight', 'This plugin of the docker command is not as in the sandbox image.')
  if (LIBRARIES.test(path))
    return one(
      'library',
      'heavy',
      removed
        ? 'This library of the sandbox image was removed.'
        : 'This is not the library of the sandbox image.',
    )
  if (path === '/etc/ld.so.preload' && !removed)
    return one('loader', 'heavy', 'Every dynamic program loads what this file names before all else.')
  if (/^\/etc\/ld\.so\.conf($|\.d\/)/.test(path))
    return one('loader', 'slight', 'The list of places where libraries are looked for was changed.')
  if (/^\/etc\/(docker|containerd)\//.test(path))
    return one('engine-settings', 'slight', 'Settings of the engine were changed.')
  return []
}

function aboutFlood({ truncated, files }: SandboxWitness): TamperFinding[] {
  if (!truncated) return []
  const what = `More than ${files.length} entries changed where programs and libraries are; the rest is not listed.`
  return [{ kind: 'flood', weight: 'heavy', path: '/', what }]
}

function aboutMounts({ mounts, unmounted }: SandboxWitness): TamperFinding[] {
  const over = mounts
    .filter((path) => MOUNTED_OVER.test(path))
    .map((path) => ({ path, what: 'Something was mounted here after the start of the sandbox.' }))
  const gone = unmounted
    .filter((path) => MOUNTED_AT_START.test(path))
    .map((path) => ({ path, what: 'What was mounted here at the start of the sandbox is mounted no more.' }))
  return [...over, ...gone].map((each) => ({ kind: 'mount', weight: 'heavy', ...each }))
}

function aboutEngine({ answering }: SandboxWitness): TamperFinding[] {
  return answering.flatMap(({ program, own }) =>
    own
      ? []
      : {
          kind: 'engine',
          weight: 'heavy',
          path: program || '/run/docker.sock',
          what: program
            ? 'This program answers as the engine. It is not the engine that the sandbox itself started.'
            : 'No known process of the sandbox holds the other end of a connection to the engine.',
        },
  )
}

function aboutContainer({ containers }: SandboxWitness, { id, name, pid }: SeenContainer): TamperFinding[] {
  if (pid === undefined || containers.get(id)?.includes(pid)) return []
  const what = `The engine says that ${shown(name)} runs as process ${pid}; the kernel has no such process in that container.`
  return [{ kind: 'container', weight: 'heavy', path: name, what }]
}

function aboutOom(
  { memory }: SandboxWitness,
  containers: readonly SeenContainer[],
  rows: readonly JournalRow[],
): TamperFinding[] {
  if (!memory) return []
  const { since, kills, marks } = memory
  const of = (action: string) =>
    rows.flatMap((row) => (row.kind === 'event' && row.action === action ? [row] : []))
  const claimed = of('oom').filter(({ timeNano }) => later(timeNano, since))
  const named = (row: { attributes: Record<string, string>; actorId: string }) =>
    row.attributes.name ?? row.actorId
  if (kills === 0)
    return claimed.slice(0, 1).map((row) => ({
      kind: 'oom',
      weight: 'heavy',
      path: named(row),
      what: 'The engine told of an end for want of memory; the kernel ended nothing for that since the start of the sandbox.',
    }))
  // An end at the limit of all containers, or of the sandbox, says nothing about the container's own.
  if (
    !marks ||
    marks.peak + MEMORY_SLACK >= marks.limit ||
    marks.studentPeak + MEMORY_SLACK >= marks.studentLimit
  )
    return []
  // A limit may have been another at that time.
  const changed = new Set(of('update').map(({ actorId }) => actorId))
  return containers.flatMap(({ id, name, memoryLimit }) =>
    claimed.some(({ actorId }) => actorId === id) &&
    !changed.has(id) &&
    memoryLimit > marks.studentPeak + MEMORY_SLACK
      ? {
          kind: 'oom',
          weight: 'heavy',
          path: name,
          what: `The engine told that ${shown(name)} ran out of its memory; all containers together never had as much as it may have.`,
        }
      : [],
  )
}

/** Both are digits. */
const later = (a: string, b: string) => a.length > b.length || (a.length === b.length && a > b)

const shown = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\uFFFD').slice(0, 300)
