import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { problemOf } from '../../api/http.ts'
import { labQuery, labsQuery } from '../../api/labs.ts'
import { sessionQuery, sessionsQuery } from '../../api/sessions.ts'
import { Crumb } from '../../features/frame/crumb.tsx'
import { SchemeSwitch, TopBar } from '../../features/frame/top-bar.tsx'
import { Before } from '../../features/start/before.tsx'
import { Page } from '../../ui/page.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import styles from './lab.module.css'
import { LabOver } from './lab-over.tsx'
import { LabRunning } from './lab-running.tsx'
import { LabSkeleton } from './lab-skeleton.tsx'
import { strings } from './strings.ts'

const route = getRouteApi('/labs/$slug')

/** A lab, in the state in which the person's latest session of it is. */
export function LabPage() {
  const { slug } = route.useParams()
  const lab = useQuery(labQuery(slug))
  const sessions = useQuery(sessionsQuery)
  const latest = sessions.data?.find((session) => session.lab === slug)
  const session = useQuery({ ...sessionQuery(latest?.id ?? ''), enabled: latest !== undefined })
  useDocumentTitle(strings.documentTitle(lab.data?.title ?? slug))

  // What is known is shown even when asking again has failed: a running lab stays usable.
  const failed = [lab, sessions, session].find((query) => query.isError && query.data === undefined)
  if (lab.data && session.data) {
    const { state, submission } = session.data
    const over = state === 'ended' || state === 'failed' || submission !== null
    return over ? (
      <Framed title={lab.data.title} track={lab.data.track}>
        <LabOver lab={lab.data} session={session.data} />
      </Framed>
    ) : (
      <LabRunning key={session.data.id} lab={lab.data} session={session.data} />
    )
  }
  if (failed)
    return (
      <Framed title={slug}>
        <Page>
          <Trouble
            problem={problemOf(failed.error)}
            // What does not exist is not there the next time either.
            onRetry={problemOf(failed.error).status === 404 ? undefined : () => void failed.refetch()}
          >
            <Link to="/" className={styles.back}>
              {strings.back}
            </Link>
          </Trouble>
        </Page>
      </Framed>
    )
  if (lab.data && sessions.data && latest === undefined)
    return (
      <Framed title={lab.data.title} track={lab.data.track}>
        <main className={styles.scroll}>
          <Before lab={lab.data} needs={lab.data.needs.length > 0 && <Needs slugs={lab.data.needs} />} />
        </main>
      </Framed>
    )
  return (
    <Framed title={lab.data?.title ?? ''} track={lab.data?.track}>
      <LabSkeleton />
    </Framed>
  )
}

function Framed({ title, track, children }: { title: string; track?: string; children: React.ReactNode }) {
  return (
    <>
      <TopBar where={<Crumb title={title} track={track} />}>
        <SchemeSwitch />
      </TopBar>
      {children}
    </>
  )
}

function Needs({ slugs }: { slugs: string[] }) {
  const labs = useQuery(labsQuery)
  return (
    <ul className={styles.needs}>
      {slugs.map((slug) => (
        <li key={slug}>
          <Link to="/labs/$slug" params={{ slug }} className={styles.link}>
            {labs.data?.labs.find((lab) => lab.slug === slug)?.title ?? slug}
          </Link>
        </li>
      ))}
    </ul>
  )
}
