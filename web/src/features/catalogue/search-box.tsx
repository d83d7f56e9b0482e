import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { Ref } from 'react'
import { icon } from '../../theme.ts'
import styles from './catalogue.module.css'
import { strings } from './strings.ts'

export function SearchBox({
  value,
  onChange,
  ref,
}: {
  value: string
  onChange(q: string): void
  ref: Ref<HTMLInputElement>
}) {
  return (
    <TextInput
      ref={ref}
      type="search"
      className={styles.search}
      aria-label={strings.search}
      placeholder={strings.search}
      leftSection={<IconSearch size={icon.base} aria-hidden />}
      rightSection={value === '' ? <kbd aria-hidden>/</kbd> : undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        onChange('')
        event.currentTarget.blur()
      }}
    />
  )
}
