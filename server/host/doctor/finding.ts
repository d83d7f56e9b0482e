/** What the doctor found about one thing. */
export interface Finding {
  /** What was looked at, in a word or two; unique in a list. */
  name: string
  /** `warn`: Drydock works, but less well or for fewer people. `fail`: it does not work, or not safely. */
  state: 'ok' | 'warn' | 'fail'
  /** What is so, in one line. */
  seen: string
  /** One line on how to mend it; not of what is ok. */
  mend?: string
  /** It may pass while Drydock runs, and sessions that are open go on meanwhile. */
  passing?: true
}

export const ok = (name: string, seen: string): Finding => ({ name, state: 'ok', seen })

export const warn = (name: string, seen: string, mend: string): Finding => ({
  name,
  state: 'warn',
  seen,
  mend,
})

export const fail = (name: string, seen: string, mend: string): Finding => ({
  name,
  state: 'fail',
  seen,
  mend,
})
