import type { Evidence, Outcome } from './verdict.ts'

/** `moment`: when what was asked for happened, in nanoseconds since the epoch as digits. */
export function passed(message: string, evidence: Evidence[], moment?: string): Outcome {
  return { status: 'passed', code: 'passed', message, evidence, ...(moment !== undefined && { moment }) }
}

export function notYet(code: string, message: string, evidence: Evidence[] = []): Outcome {
  return { status: 'not-yet', code, message, evidence }
}

export function broken(code: string, message: string, evidence: Evidence[] = []): Outcome {
  return { status: 'broken', code, message, evidence }
}

/** The verdict of every check on a container that is not there. */
export function noContainer(name: string): Outcome {
  return notYet('object-missing', `There is no container \`${name}\`.`, [
    { expected: `a container named ${name}`, observed: 'none', source: `container ${name}` },
  ])
}

/** The verdict of a check that needs a container to run. */
export function notRunning(name: string, status: string): Outcome {
  return notYet('container-not-running', `\`${name}\` is not running.`, [
    { expected: 'running', observed: status, source: `container ${name} · State.Status` },
  ])
}

/** The journal cannot tell: something may be missing where the answer lies. */
export function journalGap(name: string): Outcome {
  return broken(
    'journal-gap',
    `Some events about \`${name}\` were not recorded. Make the container anew and do the step again.`,
  )
}
