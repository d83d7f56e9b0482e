const SECOND = 1000
export const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A measured time: "0.9 s", "12 s", "1 min 5 s". `ms` in milliseconds. */
export function measured(ms: number): string {
  if (ms < 10 * SECOND) return `${(Math.max(0, ms) / SECOND).toFixed(1)} s`
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`
  const seconds = Math.round((ms % MINUTE) / SECOND)
  return seconds === 0 || seconds === 60
    ? `${Math.round(ms / MINUTE)} min`
    : `${Math.floor(ms / MINUTE)} min ${seconds} s`
}

/** A stretch of work: "2:14", "1:02:14". `ms` in milliseconds. */
export function stopwatch(ms: number): string {
  const total = Math.max(0, Math.round(ms / SECOND))
  const two = (n: number) => String(n).padStart(2, '0')
  const minutes = Math.floor(total / 60)
  return minutes < 60
    ? `${minutes}:${two(total % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(total % 60)}`
}

/** What is left of a time: "3 h 59 min", "12 min", and in the last five minutes "4:32". `ms` in milliseconds. */
export function left(ms: number): string {
  return ms <= 5 * MINUTE ? stopwatch(ms) : minutesOf(ms)
}

/** A time in whole minutes: "3 h 59 min", "2 h", "12 min". `ms` in milliseconds. */
export function minutesOf(ms: number): string {
  const minutes = Math.floor(ms / MINUTE)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return [hours > 0 && `${hours} h`, (rest > 0 || hours === 0) && `${rest} min`].filter(Boolean).join(' ')
}

/** How long ago: "just now", "12 min ago", "3 h ago", "2 days ago". Both in milliseconds since the epoch. */
export function ago(then: number, now: number): string {
  const passed = Math.max(0, now - then)
  if (passed < MINUTE) return 'just now'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`
  const days = Math.floor(passed / DAY)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

/** "14:02:31" of an ISO 8601 time, in the person's own time zone. */
export function timeOfDay(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB')
}

/** The whole of an ISO 8601 time, for those who want it exact. */
export function exactTime(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'medium' })
}

/** A size: "812 kB", "12 MB", "1.4 GB". */
export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
  return `${(bytes / 1e9).toFixed(1)} GB`
}

/** What something can hold, as its maker says it: "512 MB", "4 GB"; powers of two. */
export function capacity(bytes: number): string {
  const gigabytes = bytes / 2 ** 30
  return Number.isInteger(gigabytes) ? `${gigabytes} GB` : `${Math.round(bytes / 2 ** 20)} MB`
}

/** Points as a person writes them: at most two decimals, none that say nothing. */
export const points = (n: number): string => String(Math.round(n * 100) / 100)
