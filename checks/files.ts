/** A file, folder or link in the sandbox, as it was copied. */
export interface SandboxFile {
  /** Below what was asked for, without `.` and `..`; empty for that itself. */
  path: string
  kind: 'file' | 'folder' | 'symlink' | 'other'
  /** Permission bits. */
  mode: number
  uid: number
  gid: number
  /** Seconds since the epoch. */
  mtime: number
  /** Of a symlink: where it points, as written; nobody has followed it. */
  link: string
  /** Of a plain file; empty otherwise. */
  data: Buffer
}

/** How much of the sandbox is copied at most. */
export interface FileLimits {
  /** Bytes of all files together with 512 for each. */
  maxBytes: number
  maxFiles: number
}

export type SandboxFiles =
  | { found: 'files'; files: SandboxFile[] }
  | { found: 'nothing' }
  | { found: 'too-much' }
