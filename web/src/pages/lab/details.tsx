import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { AuthorPanel } from '../../features/author/author-panel.tsx'
import { strings as author } from '../../features/author/strings.ts'
import { EvidencePanel } from '../../features/evidence/evidence-panel.tsx'
import { strings as evidence } from '../../features/evidence/strings.ts'
import { MachinePanel } from '../../features/machine/machine-panel.tsx'
import { strings as machine } from '../../features/machine/strings.ts'
import styles from './lab.module.css'
import { strings } from './strings.ts'

const tabs = ['machine', 'evidence', 'author'] as const
export type DetailsTab = (typeof tabs)[number]
const titles: Record<DetailsTab, string> = {
  machine: machine.title,
  evidence: evidence.title,
  author: author.title,
}

interface Props {
  lab: LabDetail
  session: Session
  tab: DetailsTab
  onTab(tab: DetailsTab): void
  /** The server is in author mode. */
  forAuthor: boolean
  /** The task whose evidence was asked for. */
  task: string | undefined
  /** The button that folds this drawer away. */
  fold: ReactNode
}

/** The drawer below the terminal. */
export function Details({ lab, session, tab, onTab, forAuthor, task, fold }: Props) {
  const shown = tabs.filter((name) => forAuthor || name !== 'author')
  return (
    <section className={styles.details} aria-label={strings.details}>
      <Tabs
        value={tab}
        onChange={(value) => onTab(tabs.find((known) => known === value) ?? 'machine')}
        classNames={{
          root: styles.drawer,
          list: styles.drawerTabs,
          tab: styles.drawerTab,
          panel: styles.drawerPanel,
        }}
      >
        <div className={styles.drawerBar}>
          <Tabs.List>
            {shown.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {titles[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <span className="space" />
          {fold}
        </div>
        <Tabs.Panel value="machine" tabIndex={0}>
          <MachinePanel lab={lab} size={session.size} />
        </Tabs.Panel>
        <Tabs.Panel value="evidence" tabIndex={0}>
          <EvidencePanel lab={lab} session={session} task={task} />
        </Tabs.Panel>
        {forAuthor && (
          <Tabs.Panel value="author" tabIndex={0}>
            <AuthorPanel lab={lab} session={session} />
          </Tabs.Panel>
        )}
      </Tabs>
    </section>
  )
}
