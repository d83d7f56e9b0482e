import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useState } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import { icon } from '../../theme.ts'
import { Markdown } from '../../ui/markdown.tsx'
import styles from './start.module.css'
import { strings } from './strings.ts'

/** The story beside the work: its beginning, and the rest on demand, so that the tasks stay in sight. */
export function Story({ lab }: { lab: LabDetail }) {
  const [whole, setWhole] = useState(false)
  const [beginning = '', ...rest] = lab.brief.trim().split(/\n{2,}/)
  const Icon = whole ? IconChevronUp : IconChevronDown
  return (
    <div>
      <Markdown text={whole ? lab.brief : beginning} dim />
      {rest.length > 0 && (
        <button type="button" className={styles.more} aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? strings.less : strings.more}
          <Icon size={icon.base} aria-hidden />
        </button>
      )}
    </div>
  )
}
