import { existsSync } from 'node:fs'
import Docker from 'dockerode'
import { pingEngine } from '../ping.ts'
import type { EngineLayout } from './layout.ts'

/** Whether there is anything of an engine at that place: its namespace lives as long as it does. */
export function isThere(layout: EngineLayout): boolean {
  return existsSync(layout.namespacePath) || existsSync(layout.socket)
}

/** Names of the containers that run on the engine; none when it does not answer. */
export async function runningContainers(layout: EngineLayout): Promise<string[]> {
  if (!(await pingEngine(layout.socket))) return []
  const containers = await new Docker({ socketPath: layout.socket }).listContainers()
  return containers.map((container) => container.Names[0]?.replace(/^\//, '') ?? container.Id)
}
