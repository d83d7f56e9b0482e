/** One way in which the parameters of a check ask less. */
export interface Weaker {
  /** What was done, for people: `within_ms longer`. */
  what: string
  with: Record<string, unknown>
  /** The part of a combining check that is gone, by its place: what it gathered has to go too. */
  without?: number
}

type Place = readonly (string | number)[]
/** Undefined takes the entry away. */
interface Change {
  what: string
  value: unknown
  /** Put beside it, in the same object. */
  beside?: Record<string, unknown>
}

const NOTHING = 'a value that nothing has'
/** Exit codes of an ordinary end, of a fault, of SIGKILL and of SIGTERM. */
const EXIT_CODES = [0, 1, 137, 143]
/** Longer, larger, or smaller by this much. */
const FAR = 2
/** A lab has at most 20 checks a task; one check has never more knobs than this. */
const MAX_MUTANTS = 40

/** Every single weakening of parameters that their names tell; whether they still make sense is for the check to say. */
export function weaken(params: Record<string, unknown>): Weaker[] {
  return changesBelow(params, [])
    .slice(0, MAX_MUTANTS)
    .map(({ place, change }) => ({
      what: [showPlace(place), change.what].join(' '),
      with: applied(params, place, change) as Record<string, unknown>,
      ...(place.length === 2 && place[0] === 'of' ? { without: Number(place[1]) } : {}),
    }))
}

function changesBelow(value: unknown, place: Place): { place: Place; change: Change }[] {
  if (typeof value !== 'object' || value === null) return []
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  return entries.flatMap(([key, each]) => {
    const here = [...place, key]
    const parent = String(place.at(-1) ?? '')
    const changes = Array.isArray(value)
      ? changesOfElement(parent, each, value.length)
      : changesOf(String(key), each, parent)
    return [...changes.map((change) => ({ place: here, change })), ...changesBelow(each, here)]
  })
}

/** What can be asked less by one field of an object. */
function changesOf(key: string, value: unknown, parent: string): Change[] {
  if (parent === 'attributes') return [{ what: 'dropped', value: undefined }]
  if (typeof value === 'number') {
    if (/^(max|within|tolerance)|_(max|ms)$/u.test(key) && !/^ready/u.test(key))
      return [
        { what: `× ${FAR}`, value: value * FAR },
        { what: 'dropped', value: undefined },
      ]
    if (/^min|_min$/u.test(key))
      return [
        { what: `÷ ${FAR}`, value: Math.trunc(value / FAR) },
        { what: 'dropped', value: undefined },
      ]
  }
  if (['matches', 'goodbye'].includes(key) && typeof value === 'string') return patternChanges(value)
  if (['lacks', 'silent'].includes(key))
    return [
      { what: 'dropped', value: undefined },
      { what: 'never found', value: '(?!)' },
    ]
  if (key === 'ordered' && value === true) return [{ what: 'dropped', value: undefined }]
  if (/codes$/u.test(key) && Array.isArray(value))
    return EXIT_CODES.filter((code) => !value.includes(code)).map((code) => ({
      what: `also ${code}`,
      value: [...value, code],
    }))
  if (['eq', 'in', 'includes', 'same_as', 'image', 'empty', 'matches'].includes(key))
    return [{ what: 'anything', value: undefined, beside: { ne: NOTHING } }]
  return []
}

/** What can be asked less by one of several. */
function changesOfElement(list: string, _value: unknown, count: number): Change[] {
  if (['expect', 'forbid', 'of', 'acts'].includes(list) && count > 0)
    return [{ what: 'dropped', value: undefined }]
  return []
}

function patternChanges(pattern: string): Change[] {
  const loose = pattern.replace(/^\^/u, '').replace(/(?<!\\)\$$/u, '')
  return [
    ...(loose === pattern || loose === '' ? [] : [{ what: 'without its anchors', value: loose }]),
    ...(pattern === '.' ? [] : [{ what: 'any line', value: '.' }]),
  ]
}

function applied(value: unknown, [step, ...rest]: Place, change: Change): unknown {
  if (Array.isArray(value)) {
    if (rest.length === 0 && change.value === undefined) return value.filter((_, index) => index !== step)
    return value.map((each, index) =>
      index === step ? (rest.length === 0 ? change.value : applied(each, rest, change)) : each,
    )
  }
  const given = value as Record<string, unknown>
  const { [String(step)]: old, ...others } = given
  if (rest.length > 0) return { ...given, [String(step)]: applied(old, rest, change) }
  return {
    ...others,
    ...(change.value === undefined ? {} : { [String(step)]: change.value }),
    ...change.beside,
  }
}

function showPlace(place: Place): string {
  return place.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step),
    '',
  )
}
