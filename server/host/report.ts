/** What a step says while it runs. */
export interface Step {
  /** What it is doing just now; shown every ten seconds while it lasts. */
  progress(text: string): void
  /** What came of it; shown in its closing line. */
  outcome(text: string): void
}

/** Where the steps of making the machine ready are told. */
export interface Report {
  /** Runs `work` and tells its name, outcome and duration in one line, also when it fails. */
  step<T>(name: string, work: (step: Step) => Promise<T>): Promise<T>
}

const PROGRESS_EVERY_MS = 10_000

/** Tells each step as a line through `print`. */
export function lineReport(print: (line: string) => void): Report {
  return {
    async step(name, work) {
      const started = performance.now()
      const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
      let doing = 'working'
      let outcome = 'failed'
      const tick = setInterval(
        () => print(`${name.padEnd(14)}... ${doing} (${seconds()})`),
        PROGRESS_EVERY_MS,
      )
      try {
        const value = await work({
          progress: (text) => {
            doing = text
          },
          outcome: (text) => {
            outcome = text
          },
        })
        if (outcome === 'failed') outcome = 'ready'
        return value
      } catch (error) {
        outcome = 'failed'
        throw error
      } finally {
        clearInterval(tick)
        print(`${name.padEnd(14)}${outcome} (${seconds()})`)
      }
    },
  }
}

/** Tells nothing: for tests and for commands whose output is data. */
export const silentReport: Report = {
  step: (_name, work) => work({ progress: () => {}, outcome: () => {} }),
}
