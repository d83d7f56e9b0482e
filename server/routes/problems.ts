import { problem } from '../contract/problem.ts'

/** What every route may answer instead. */
export const problems = { '4xx': problem, '5xx': problem }
