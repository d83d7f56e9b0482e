import { Button } from '@mantine/core'
import { IconArrowRight, IconBox, IconBulb, IconCheck, IconServer2, IconWorldOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import { problemOf } from '../../api/http.ts'
import { useStartSession } from '../../api/sessions.ts'
import { icon } from '../../theme.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { Markdown } from '../../ui/markdown.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import { CannotStart } from './cannot-start.tsx'
import styles from './start.module.css'
import { strings } from './strings.ts'

interface Props {
  lab: LabDetail
  /** What this lab needs before it, as links. */
  needs: ReactNode
}

/** A lab before its first start: the story, what it gives, and Start. */
export function Before({ lab, needs }: Props) {
  const start = useStartSession()
  return (
    <article className={styles.page}>
      <p className={`dim num ${styles.facts}`}>
        <span>{lab.track}</span>
        <span>{strings.minutes(lab.minutes)}</span>
        <span>{strings.tasks(lab.tasks.length)}</span>
        <span>{strings.level(lab.level)}</span>
      </p>
      <h1>{lab.title}</h1>
      <p className={styles.promise}>{lab.promise}</p>
      {lab.problems.length > 0 ? (
        <CannotStart problems={lab.problems} />
      ) : (
        <div className={styles.start}>
          <Button
            variant="filled"
            rightSection={<IconArrowRight size={icon.base} aria-hidden />}
            disabled={start.isPending}
            onClick={() => start.mutate(lab.slug)}
          >
            {start.isPending ? strings.starting : strings.start}
          </Button>
        </div>
      )}
      {start.isError && <Trouble problem={problemOf(start.error)} onRetry={() => start.mutate(lab.slug)} />}
      <Markdown text={lab.brief} />
      <div className={styles.columns}>
        <section>
          <h2>{strings.goals}</h2>
          <ul className={styles.list}>
            {lab.goals.map((goal) => (
              <li key={goal}>
                <IconCheck size={icon.base} aria-hidden />
                <span>
                  <InlineCode text={goal} />
                </span>
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h2>{strings.youGet}</h2>
          <ul className={styles.list}>
            <li>
              <IconServer2 size={icon.base} aria-hidden />
              <span>{strings.engine}</span>
            </li>
            <li>
              <IconBox size={icon.base} aria-hidden />
              <span>{strings.here(lab.images.length)}</span>
            </li>
            <li>
              <IconWorldOff size={icon.base} aria-hidden />
              <span>{strings.noInternet}</span>
            </li>
            {lab.hintCost > 0 && (
              <li>
                <IconBulb size={icon.base} aria-hidden />
                <span>{strings.hintsCost(lab.hintCost)}</span>
              </li>
            )}
          </ul>
        </section>
      </div>
      {needs && (
        <section>
          <h2>{strings.needs}</h2>
          {needs}
        </section>
      )}
    </article>
  )
}
