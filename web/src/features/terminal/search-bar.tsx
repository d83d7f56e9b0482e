import { ActionIcon, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react'
import type { SearchAddon } from '@xterm/addon-search'
import { useEffect, useState } from 'react'
import { icon, type Scheme, searchColours } from '../../theme.ts'
import { strings } from './strings.ts'
import styles from './terminal.module.css'

interface Props {
  search: SearchAddon
  scheme: Scheme
  onClose(): void
}

/** Finds text in what the terminal has shown. Enter goes back in time, as the newest is at the bottom. */
export function SearchBar({ search, scheme, onClose }: Props) {
  const [term, setTerm] = useState('')
  const [found, setFound] = useState({ at: -1, of: 0 })

  useEffect(() => {
    const listening = search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setFound({ at: resultIndex, of: resultCount }),
    )
    return () => {
      listening.dispose()
      search.clearDecorations()
    }
  }, [search])

  const options = { decorations: searchColours(scheme) }
  const previous = () => search.findPrevious(term, options)
  const next = () => search.findNext(term, options)

  return (
    <search className={styles.search}>
      <TextInput
        aria-label={strings.search}
        placeholder={strings.search}
        value={term}
        autoFocus
        onChange={(event) => {
          const value = event.currentTarget.value
          setTerm(value)
          if (value === '') search.clearDecorations()
          else search.findPrevious(value, { ...options, incremental: true })
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.shiftKey ? next() : previous()
          if (event.key === 'Escape') onClose()
        }}
      />
      <span className="dim num" role="status">
        {term !== '' && (found.of > 0 ? strings.searchCount(found.at + 1, found.of) : strings.searchNone)}
      </span>
      <ActionIcon aria-label={strings.searchPrevious} onClick={previous}>
        <IconChevronUp size={icon.base} />
      </ActionIcon>
      <ActionIcon aria-label={strings.searchNext} onClick={next}>
        <IconChevronDown size={icon.base} />
      </ActionIcon>
      <ActionIcon aria-label={strings.searchClose} onClick={onClose}>
        <IconX size={icon.base} />
      </ActionIcon>
    </search>
  )
}
