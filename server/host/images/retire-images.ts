import type Docker from 'dockerode'

/** Versions of one image that are kept; other checkouts and older sandboxes may still use them. */
const KEPT_VERSIONS = 4
const RETIRED_AFTER_S = 86_400

/** An image as the engine lists it; `Created` in seconds since the epoch. */
interface ListedImage {
  Id: string
  Created: number
  RepoTags?: string[]
}

/** Tags of one image beyond its newest four that are older than a day and not among the ids in use. */
export function retiredTags(
  images: readonly ListedImage[],
  used: ReadonlySet<string>,
  nowS: number,
): string[] {
  const versions = images.flatMap(({ Id, Created, RepoTags }) =>
    (RepoTags ?? []).map((tag) => ({
      tag,
      name: tag.slice(0, tag.lastIndexOf(':')),
      id: Id,
      created: Created,
    })),
  )
  return [...Map.groupBy(versions, ({ name }) => name).values()].flatMap((all) =>
    all
      .sort((a, b) => b.created - a.created)
      .slice(KEPT_VERSIONS)
      .filter(({ id, created }) => created < nowS - RETIRED_AFTER_S && !used.has(id))
      .map(({ tag }) => tag),
  )
}

/**
 * Removes old versions of Drydock's images, and with `stages` what builds left without a name (only
 * right on an engine of Drydock's own). What a container uses stays.
 */
export async function retireImages(
  docker: Docker,
  used: ReadonlySet<string>,
  stages: boolean,
): Promise<void> {
  const images = await docker.listImages({ filters: { reference: ['drydock/*'] } })
  for (const tag of retiredTags(images, used, Date.now() / 1000)) {
    await docker.getImage(tag).remove().catch(ignoreInUse)
  }
  if (stages) await docker.pruneImages({ filters: { dangling: ['true'], until: [`${RETIRED_AFTER_S}s`] } })
}

function ignoreInUse(error: { statusCode?: number }): void {
  if (error.statusCode !== 409 && error.statusCode !== 404) throw error
}
