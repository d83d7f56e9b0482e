import { ago, exactTime, timeOfDay } from './format.ts'

/** A time of day, exact on hover. */
export function TimeOfDay({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exactTime(at)} className="num">
      {timeOfDay(at)}
    </time>
  )
}

/** How long ago something was, exact on hover. `now` in milliseconds since the epoch. */
export function Ago({ at, now }: { at: string; now: number }) {
  return (
    <time dateTime={at} title={exactTime(at)} className="num">
      {ago(Date.parse(at), now)}
    </time>
  )
}
