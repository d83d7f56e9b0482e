import { Button, VisuallyHidden } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import type { Session } from '../../../../server/contract/session.ts'
import { problemOf } from '../../api/http.ts'
import { useExtend } from '../../api/sessions.ts'
import { icon } from '../../theme.ts'
import { Banner } from '../../ui/banner.tsx'
import { left as shown } from '../../ui/format.ts'
import { keepFocus } from '../../ui/keep-focus.ts'
import { strings } from './strings.ts'
import styles from './time.module.css'
import { useTimeLeft, warningOf } from './use-time-left.ts'

/** How much time is left, quietly, in the bar at the top. */
export function TimeLeft({ session }: { session: Session }) {
  const left = useTimeLeft(session.time)
  if (left === undefined) return null
  return (
    <span className={styles.left} title={strings.leftLabel} data-warning={warningOf(left)}>
      <IconClock size={icon.base} aria-hidden />
      <span className="num">
        {shown(left)}
        <VisuallyHidden> {strings.left('')}</VisuallyHidden>
      </span>
    </span>
  )
}

/** Says that the end is near, to eyes and to screen readers, and offers more time while there is some. */
export function TimeWarning({ session }: { session: Session }) {
  const { time } = session
  const left = useTimeLeft(time)
  const extend = useExtend(session.id)
  const warning = warningOf(left)
  return (
    <>
      {time && left !== undefined && warning && (
        <Banner>
          <p>
            <b className="num">{left > 0 ? strings.left(shown(left)) : strings.over}</b>{' '}
            {left > 0 && (extend.isError ? problemOf(extend.error).detail : strings.kept)}
          </p>
          {time.extensionsLeft > 0 && left > 0 && (
            <span className={styles.more}>
              <Button {...keepFocus} disabled={extend.isPending} onClick={() => extend.mutate(time.extended)}>
                {strings.add(time.extension)}
              </Button>
              <span className="dim">{strings.more(time.extensionsLeft)}</span>
            </span>
          )}
        </Banner>
      )}
      <VisuallyHidden role="alert">{warning && strings.warn[warning]}</VisuallyHidden>
    </>
  )
}
