import Docker from 'dockerode'
import { type LabImage, storeNames } from './golden-store.ts'
import { hostFacts } from './host-facts.ts'

/** An engine that does not answer for so long is taken for one that does not answer. Milliseconds. */
const ANSWER_MS = 10_000

/** The names that a golden store of these images on this host engine may have, by how it is packed. Makes nothing. Throws `engine-unreachable`. */
export async function storesOfToday(
  socketPath: string,
  images: { sandbox: string; labs: readonly LabImage[] },
): Promise<string[]> {
  const { owner } = await hostFacts(new Docker({ socketPath, timeout: ANSWER_MS }), true)
  return Object.values(storeNames({ images: images.labs, sandboxImage: images.sandbox, owner }))
}
