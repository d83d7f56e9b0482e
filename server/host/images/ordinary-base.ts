import Docker from 'dockerode'
import { DrydockError } from '../../errors.ts'
import { pingEngine } from '../ping.ts'
import type { Step } from '../report.ts'
import { makeBaseImage } from './base-image.ts'

/** What `.env` names as DRYDOCK_BASE where no registry can be reached. */
export const ORDINARY_BASE = 'drydock-base:trixie'

/** Makes Debian 13 an image of an ordinary engine, on which `docker compose` builds Drydock's own. Throws `engine-unreachable`, `host-not-ready`. */
export async function makeOrdinaryBase(socketPath: string, step: Step, signal?: AbortSignal): Promise<void> {
  if (!(await pingEngine(socketPath)))
    throw new DrydockError('engine-unreachable', `No engine answers at ${socketPath}.`)
  await makeBaseImage(new Docker({ socketPath }), { tag: ORDINARY_BASE, archive: '' }, step, signal)
  step.outcome(`${ORDINARY_BASE} made`)
}
