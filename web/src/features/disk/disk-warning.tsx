import { VisuallyHidden } from '@mantine/core'
import type { Session } from '../../../../server/contract/session.ts'
import { Banner } from '../../ui/banner.tsx'
import { strings } from './strings.ts'

/** Says that the disk is nearly full before writing fails, to eyes and to screen readers. */
export function DiskWarning({ disk }: { disk: Session['disk'] }) {
  const { how } = strings
  return (
    <>
      {disk && (
        <Banner>
          <p>
            <b className="num">{strings.used(disk)}</b> {strings.why(disk)}
            {how.before}
            <code>{how.docker}</code>
            {how.between}
            <code>{how.here(disk)}</code>
            {how.after}
          </p>
        </Banner>
      )}
      {/* Once, not with every percent. */}
      <VisuallyHidden role="alert">
        {disk && strings.used({ ...disk, used: disk.used >= 100 ? 100 : 95 })}
      </VisuallyHidden>
    </>
  )
}
