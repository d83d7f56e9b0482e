import { Button } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { isOffline, problemOf } from '../../api/http.ts'
import { labsQuery } from '../../api/labs.ts'
import { sessionsQuery } from '../../api/sessions.ts'
import { BrokenLabs } from '../../features/catalogue/broken-labs.tsx'
import { CatalogueSkeleton } from '../../features/catalogue/catalogue-skeleton.tsx'
import { ContinueCard } from '../../features/catalogue/continue-card.tsx'
import { Filters } from '../../features/catalogue/filters.tsx'
import { LabRowLink } from '../../features/catalogue/lab-row.tsx'
import { byTrack, type Filter, filtered, type LabRow, labRows } from '../../features/catalogue/progress.ts'
import { SearchBox } from '../../features/catalogue/search-box.tsx'
import { strings as words } from '../../features/catalogue/strings.ts'
import { SchemeSwitch, TopBar } from '../../features/frame/top-bar.tsx'
import { KeysHelp } from '../../features/keys/keys-help.tsx'
import { Page } from '../../ui/page.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import { usePageKeys } from '../../ui/use-page-keys.ts'
import styles from './catalogue-page.module.css'
import { strings } from './strings.ts'

const route = getRouteApi('/')

export function CataloguePage() {
  useDocumentTitle(strings.documentTitle)
  const labs = useQuery(labsQuery)
  const sessions = useQuery(sessionsQuery)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const box = useRef<HTMLInputElement>(null)
  const [help, setHelp] = useState(false)

  usePageKeys((key) => {
    if (key.do === 'search') box.current?.focus()
    else if (key.do === 'help') setHelp(true)
    else return false
    return true
  })

  const filter: Filter = { q: search.q ?? '', track: search.track ?? '', state: search.state ?? 'all' }
  const change = (part: Partial<Filter>) => {
    const { q, track, state } = { ...filter, ...part }
    void navigate({
      replace: true,
      search: { q: q || undefined, track: track || undefined, state: state === 'all' ? undefined : state },
    })
  }
  const rows = labRows(labs.data?.labs ?? [], sessions.data ?? [])

  return (
    <>
      <TopBar where={<b>{strings.title}</b>}>
        <SearchBox ref={box} value={filter.q} onChange={(q) => change({ q })} />
        <SchemeSwitch />
      </TopBar>
      <Page>
        <h1>{strings.title}</h1>
        <p className="dim">{strings.about}</p>
        {labs.data && labs.isError && isOffline(labs.error) && (
          <p role="status" className={styles.stale}>
            {words.stale}
          </p>
        )}
        {labs.data && sessions.isError && !isOffline(sessions.error) && (
          <p role="status" className={styles.stale}>
            {words.progressUnknown}
          </p>
        )}
        {labs.data ? (
          <>
            {(rows.length > 0 || labs.data.broken.length === 0) && (
              <Rows rows={rows} filter={filter} onChange={change} />
            )}
            <BrokenLabs labs={labs.data.broken} />
          </>
        ) : labs.isError ? (
          <Trouble problem={problemOf(labs.error)} onRetry={() => void labs.refetch()} />
        ) : (
          <CatalogueSkeleton />
        )}
      </Page>
      <KeysHelp opened={help} onClose={() => setHelp(false)} page="catalogue" />
    </>
  )
}

interface RowsProps {
  rows: LabRow[]
  filter: Filter
  onChange(part: Partial<Filter>): void
}

function Rows({ rows, filter, onChange }: RowsProps) {
  if (rows.length === 0)
    return (
      <section className={styles.empty}>
        <h2>{words.emptyTitle}</h2>
        <p className="dim">{words.empty}</p>
      </section>
    )
  const shown = filtered(rows, filter)
  const titleOf = (slug: string) =>
    rows.find((row) => row.lab.slug === slug && row.state !== 'passed')?.lab.title
  return (
    <>
      {rows.map((row) => row.open && <ContinueCard key={row.lab.slug} row={row} session={row.open} />)}
      <Filters
        filter={filter}
        tracks={byTrack(rows).map(({ track }) => track)}
        found={shown.length}
        onChange={onChange}
      />
      {shown.length === 0 && (
        <section className={styles.empty}>
          <h2>{words.noMatchTitle}</h2>
          <p className="dim">{words.noMatch}</p>
          <Button onClick={() => onChange({ q: '', track: '', state: 'all' })}>{words.clear}</Button>
        </section>
      )}
      {byTrack(shown).map(({ track, rows: inTrack }) => (
        <section key={track} className={styles.track} aria-label={track}>
          <header>
            <h2>{track}</h2>
            <span className="dim num">
              {words.count(inTrack.filter((row) => row.state === 'passed').length, inTrack.length)}
            </span>
          </header>
          <ul className={styles.list}>
            {inTrack.map((row) => (
              <LabRowLink
                key={row.lab.slug}
                row={row}
                before={row.lab.needs.flatMap((slug) => titleOf(slug) ?? [])}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}
