import { z } from 'zod'
import type { CheckContext } from './check.ts'
import { absolutePath } from './command.ts'
import { containerName, objectName } from './params.ts'

/** A volume of the student's: by its name, or as the one that a container has at a path. Give one of the two. */
export const volumeRef = {
  volume: objectName.optional().describe("A volume of the student's, by name"),
  volume_of: z
    .strictObject({ container: containerName, path: absolutePath.describe('Where the container has it') })
    .optional()
    .describe('The volume that a container has at a path, also one without a name'),
}
export type VolumeRef = z.infer<z.ZodObject<typeof volumeRef>>

export const isOneVolume = (given: VolumeRef) =>
  (given.volume === undefined) !== (given.volume_of === undefined)

/** Its name; or what is not there. A name that is not there must never be mounted: the engine would make the volume. */
export async function findVolume(
  { engine }: CheckContext,
  { volume, volume_of: of }: VolumeRef,
): Promise<{ name: string } | { missing: { kind: 'container' | 'volume'; name: string } }> {
  let name = volume
  if (of) {
    const container = await engine.container(of.container)
    if (!container) return { missing: { kind: 'container', name: of.container } }
    name = container.Mounts?.find((each) => each.Type === 'volume' && each.Destination === of.path)?.Name
    if (!name) return { missing: { kind: 'volume', name: `of ${of.container} at ${of.path}` } }
  }
  if (name && (await engine.volume(name))) return { name }
  return { missing: { kind: 'volume', name: name ?? '' } }
}
