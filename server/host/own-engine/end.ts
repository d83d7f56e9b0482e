import { DrydockError } from '../../errors.ts'
import type { EngineLayout } from './layout.ts'
import { stopOwnEngine } from './stop.ts'
import { runningContainers } from './use.ts'

/**
 * Ends the engine when nothing runs on it any more. Throws `host-not-ready` naming the containers
 * that do: they belong to other installations, or to a person.
 */
export async function endOwnEngine(layout: EngineLayout): Promise<void> {
  const running = await runningContainers(layout)
  if (running.length > 0) {
    throw new DrydockError(
      'host-not-ready',
      `${running.length} containers still run on the host engine: ${running.slice(0, 10).join(', ')}. ` +
        'Those of another installation end with DRYDOCK_INSTALLATION=its-name npm run drydock -- down.',
    )
  }
  await stopOwnEngine(layout)
}
