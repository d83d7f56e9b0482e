import { CheckFault } from './check.ts'
import type { OwnFile } from './own-container.ts'

/** One build of the copy, as its progress told. */
export interface BuildRun {
  exitCode: number
  ms: number
  /** Image id; null when there is none. */
  image: string | null
  /** Instructions but FROM, in the order in which they were begun. */
  steps: { name: string; cached: boolean }[]
  /** The last lines of one that failed. */
  said: string[]
}

/** Ends a build that hangs. */
const BUILD_SECONDS = 20
/** What `timeout` ends with. */
export const TIMED_OUT = 124

/**
 * For a script of `inCopy`: `build NAME` builds the folder with the flags in /drydock/flags/NAME and says what came of it.
 * Lines of a build's own programs begin with a number and a time, so they cannot look like a step's.
 */
export const BUILD = `
build() {
  local flags log=/drydock/$1.log began code
  mapfile -d '' -t flags < "/drydock/flags/$1"
  began=$(date +%s%N)
  timeout ${BUILD_SECONDS} docker buildx build --progress=plain --provenance=false --label "drydock.check=$mark" \\
    --iidfile "/drydock/$1.id" "\${flags[@]}" . > "$log" 2>&1 < /dev/null
  code=$?
  say "$1" end "$code" "$((($(date +%s%N) - began) / 1000000))" "$(cat "/drydock/$1.id" 2>/dev/null || echo none)"
  grep -aE '^#[0-9]+ (\\[.*[0-9]+/[0-9]+\\] |CACHED$)' "$log" | cut -c1-200 | head -n 80 | sed "s/^/$mark $1 step /"
  [ "$code" = 0 ] || tail -n 10 "$log" | cut -c1-200 | sed "s/^/$mark $1 said /"
}
`

/** The flags of each build, as files of the container. */
export function flagFiles(builds: Record<string, readonly string[]>): OwnFile[] {
  return Object.entries(builds).map(([name, flags]) => {
    return { path: `/drydock/flags/${name}`, content: flags.map((flag) => `${flag}\0`).join('') }
  })
}

/** What the script said of a build; `probe-failed` when it said nothing. */
export function readBuild(lines: readonly string[], name: string): BuildRun {
  const own = lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  const end = /^end (\d{1,3}) (\d{1,9}) (sha256:[0-9a-f]{64}|none)$/.exec(
    own.find((line) => line.startsWith('end ')) ?? '',
  )
  if (!end) throw new CheckFault('probe-failed', 'A build of a copy did not say how it ended.')
  const names = new Map<string, string>()
  const cached = new Set<string>()
  for (const line of own) {
    const [, number = '', text = ''] = /^step #(\d+) (.*)$/u.exec(line) ?? []
    if (text === 'CACHED') cached.add(number)
    // A step is named again when another was told of in between.
    else if (number && !/^\[[^\]]*\] FROM /u.test(text)) names.set(number, text)
  }
  const said = own.filter((line) => line.startsWith('said ')).map((line) => line.slice(5))
  return {
    exitCode: Number(end[1]),
    ms: Number(end[2]),
    image: end[3] === 'none' ? null : (end[3] ?? null),
    steps: [...names].map(([number, text]) => ({ name: text, cached: cached.has(number) })),
    said,
  }
}
