interface Step<Name> {
  name: Name
  ms: number | null
}

export interface StepRow<Name> {
  name: Name
  state: 'done' | 'doing' | 'waiting'
  /** Milliseconds it took, or has taken so far. */
  ms: number | undefined
}

/** All steps of a start in `order`, those done with their time. `elapsed`: milliseconds since the start. */
export function stepRows<Name>(
  order: readonly Name[],
  steps: readonly Step<Name>[],
  elapsed: number,
): StepRow<Name>[] {
  const done = steps.reduce((sum, step) => sum + (step.ms ?? 0), 0)
  const known = new Map(steps.map((step) => [step.name, step.ms]))
  // The server names a step when it begins; before the first word of it, the first step is what goes on.
  const doing = order.find((name) => known.get(name) === null) ?? order.find((name) => !known.has(name))
  return order.map((name) => {
    const ms = known.get(name)
    if (typeof ms === 'number') return { name, state: 'done', ms }
    if (name === doing) return { name, state: 'doing', ms: Math.max(0, elapsed - done) }
    return { name, state: 'waiting', ms: undefined }
  })
}
