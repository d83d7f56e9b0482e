import { FolderFault, LabFolder } from './lab-folder.ts'
import type { LabProblem } from './lab-problem.ts'
import { hidden, visible } from './visible.ts'

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
    return visible(path ? `${this.#name}/${path}` : this.#name)
  }

  say(path: string, message: string, place: { line?: number; column?: number; field?: string } = {}): void {
    this.problems.push({ file: this.named(path), ...place, message: visible(message) })
  }

  /** Names in a folder, sorted; none when it is not there. */
  async list(path = ''): Promise<string[]> {
    return (await this.#guard(this.#folder.list(path))) ?? []
  }

  /** Whether it is a folder; what is not there or a plain file is none. */
  async isFolder(path: string): Promise<boolean> {
    return (await this.#guard(this.#folder.isFolder(path))) ?? false
  }

  /** Whether it is a plain file. */
  async isFile(path: string): Promise<boolean> {
    return await this.#folder.isFile(path)
  }

  /** A file that need not be there. Characters that hide something from its reader are named. */
  async optional(path: string): Promise<string | undefined> {
    const text = await this.#guard(this.#folder.read(path))
    const found = text === undefined ? undefined : hidden(text, 'lines')
    if (text !== undefined && found)
      this.say(path, `has the control character ${found.shown}`, placeAt(text, found.offset))
    return text
  }

  /** A script that need not be there. */
  async optionalScript(path: string): Promise<string | undefined> {
    const text = await this.optional(path)
    const at = text?.indexOf('\r\n') ?? -1
    if (text !== undefined && at >= 0)
      this.say(path, 'has line ends of Windows, which bash takes for part of each command', placeAt(text, at))
    return text
  }

  /** A file that must be there with something in it. */
  async required(path: string): Promise<string | undefined> {
    const before = this.problems.length
    const text = path.endsWith('.sh') ? await this.optionalScript(path) : await this.optional(path)
    if (text?.trim()) return text
    if (this.problems.length === before) this.say(path, text === undefined ? 'is missing' : 'is empty')
    return undefined
  }

  async #guard<T>(asking: Promise<T>): Promise<T | undefined> {
    try {
      return await asking
    } catch (error) {
      if (!(error instanceof FolderFault)) throw error
      this.say(error.path, error.message, error.place)
      return undefined
    }
  }
}

function placeAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
