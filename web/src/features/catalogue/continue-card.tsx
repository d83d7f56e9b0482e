import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { SessionSummary } from '../../../../server/contract/session.ts'
import { Ring } from '../../ui/ring.tsx'
import { Ago } from '../../ui/time.tsx'
import { useNow } from '../../ui/use-now.ts'
import styles from './catalogue.module.css'
import type { LabRow } from './progress.ts'
import { strings } from './strings.ts'

/** How often "12 min ago" is renewed, in milliseconds. */
const TICK = 30_000

/** The way back into a running session. */
export function ContinueCard({ row: { lab }, session }: { row: LabRow; session: SessionSummary }) {
  const navigate = useNavigate()
  const now = useNow(TICK)
  const passed = session.passed.length
  return (
    <section className={styles.continue} aria-label={strings.continueLab(lab.title)}>
      <Ring passed={passed} total={lab.tasks} tone="accent" />
      <div className={styles.text}>
        <span className={styles.title}>{lab.title}</span>
        <span className="dim">
          {passed < lab.tasks ? strings.onTask(passed + 1, lab.tasks) : strings.allPassed} ·{' '}
          {session.state === 'ready' ? strings.running : strings.starting}, {strings.started}{' '}
          <Ago at={session.createdAt} now={now} />
        </span>
      </div>
      <span className="space" />
      <Button
        variant="filled"
        aria-label={strings.continueLab(lab.title)}
        onClick={() => navigate({ to: '/labs/$slug', params: { slug: lab.slug } })}
      >
        {strings.continue}
      </Button>
    </section>
  )
}
