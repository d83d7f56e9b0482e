/** The right answer, as gathered; or why there is none. */
export type Truth =
  | { kind: 'words'; words: string[]; source: string }
  /** Words in any order, all of them and no other. */
  | { kind: 'set'; words: string[]; source: string }
  | { kind: 'number'; value: number; tolerance: number; source: string }
  | { kind: 'none'; code: 'object-missing' | 'container-not-running' | 'not-measured'; message: string }
