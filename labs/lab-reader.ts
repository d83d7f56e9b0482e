import { FolderFault, LabFolder } from './lab-folder.ts'
import type { LabProblem } from './lab-yaml.ts'

/** Reads a folder's files and gathers what is wrong with them instead of stopping at the first. */
export class LabReader {
  readonly problems: LabProblem[] = []
  readonly #folder: LabFolder
  readonly #name: string

  constructor(root: string, name: string) {
    this.#folder = new LabFolder(root)
    this.#name = name
  }

  /** A path as problems show it. */
  named(path: string): string {
    return path ? `${this.#name}/${path}` : this.#name
  }

  say(path: string, message: string): void {
    this.problems.push({ file: this.named(path), message })
  }

  /** Names in a folder, sorted; none when it is not there. */
  async list(path = ''): Promise<string[]> {
    return (await this.#guard(this.#folder.list(path))) ?? []
  }

  /** Whether it is a folder; what is not there or a plain file is none. */
  async isFolder(path: string): Promise<boolean> {
    return (await this.#guard(this.#folder.isFolder(path))) ?? false
  }

  /** A file that need not be there. */
  async optional(path: string): Promise<string | undefined> {
    return this.#guard(this.#folder.read(path))
  }

  /** A file that must be there with something in it. */
  async required(path: string): Promise<string | undefined> {
    const before = this.problems.length
    const text = await this.optional(path)
    if (text?.trim()) return text
    if (this.problems.length === before) this.say(path, text === undefined ? 'is missing' : 'is empty')
    return undefined
  }

  async #guard<T>(asking: Promise<T>): Promise<T | undefined> {
    try {
      return await asking
    } catch (error) {
      if (!(error instanceof FolderFault)) throw error
      this.say(error.path, error.message)
      return undefined
    }
  }
}
