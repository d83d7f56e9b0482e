import { NativeSelect, SegmentedControl } from '@mantine/core'
import styles from './catalogue.module.css'
import type { Filter } from './progress.ts'
import { strings } from './strings.ts'

interface Props {
  filter: Filter
  tracks: string[]
  found: number
  onChange(change: Partial<Filter>): void
}

const states = ['all', 'not-started', 'under-way', 'passed'] as const

/** Which labs to show: by track and by what the person has done. */
export function Filters({ filter, tracks, found, onChange }: Props) {
  return (
    <div className={styles.filters}>
      <SegmentedControl
        aria-label={strings.state}
        value={filter.state}
        onChange={(state) => onChange({ state: states.find((known) => known === state) ?? 'all' })}
        data={states.map((value) => ({ value, label: strings.states[value] }))}
      />
      <NativeSelect
        aria-label={strings.track}
        value={filter.track}
        onChange={(event) => onChange({ track: event.currentTarget.value })}
        data={[{ value: '', label: strings.allTracks }, ...tracks]}
      />
      <span className="space" />
      <span className="dim num" role="status">
        {strings.found(found)}
      </span>
    </div>
  )
}
