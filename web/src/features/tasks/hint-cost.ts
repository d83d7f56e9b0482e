/** What so many hints take of a task's points, 0 to 1. `each`: what one takes. Never more than all of them. */
export const costOf = (taken: number, each: number): number => Math.min(1, taken * each)

/** What the next one takes; 0 where nothing is left to take. */
export const costOfNext = (taken: number, each: number): number =>
  costOf(taken + 1, each) - costOf(taken, each)
