import { ActionIcon, Tooltip, useComputedColorScheme, VisuallyHidden } from '@mantine/core'
import { IconKeyboard } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { useSessionLink } from '../../api/use-session-link.ts'
import { Crumb } from '../../features/frame/crumb.tsx'
import { EndSession } from '../../features/frame/end-session.tsx'
import { Connection, Segments } from '../../features/frame/session-state.tsx'
import { SchemeSwitch, TopBar } from '../../features/frame/top-bar.tsx'
import { KeysHelp } from '../../features/keys/keys-help.tsx'
import { strings as keyWords } from '../../features/keys/strings.ts'
import { Starting } from '../../features/start/starting.tsx'
import { useOpenTask } from '../../features/tasks/use-open-task.ts'
import { Terminals, type TerminalsHandle } from '../../features/terminal/terminals.tsx'
import { icon } from '../../theme.ts'
import { useNarrow } from '../../ui/use-narrow.ts'
import { usePageKeys } from '../../ui/use-page-keys.ts'
import { Brief } from './brief.tsx'
import { Details, type DetailsTab } from './details.tsx'
import { LabLayout, type LabLayoutHandle } from './lab-layout.tsx'

/** A lab with its session open: brief and tasks, terminals, details. */
export function LabRunning({ lab, session }: { lab: LabDetail; session: Session }) {
  const { link, state, notice, dismissNotice } = useSessionLink(session.id)
  const scheme = useComputedColorScheme('light')
  const narrow = useNarrow()
  const { open, setOpen, announcement } = useOpenTask(lab, session)
  const [tab, setTab] = useState<DetailsTab>('machine')
  const [asked, setAsked] = useState<string>()
  const [help, setHelp] = useState(false)
  const terminals = useRef<TerminalsHandle>(null)
  const layout = useRef<LabLayoutHandle>(null)

  const openTaskElement = () => document.querySelector<HTMLElement>('[aria-expanded="true"][id^="task-"]')
  usePageKeys((key) => {
    if (key.do === 'help') {
      setHelp(true)
    } else if (key.do === 'terminal') {
      if (terminals.current?.focused()) {
        layout.current?.show('brief')
        openTaskElement()?.focus()
      } else {
        layout.current?.show('terminal')
        terminals.current?.focus()
      }
    } else if (key.do === 'task') {
      const task = lab.tasks[key.index]
      if (!task) return false
      const typing = terminals.current?.focused()
      setOpen(task.id)
      const element = document.getElementById(`task-${key.index + 1}`)
      if (!typing) {
        layout.current?.show('brief')
        element?.focus()
      }
      element?.scrollIntoView({ block: 'nearest' })
    } else {
      return false
    }
    return true
  })

  const showEvidence = (task: string) => {
    setAsked(task)
    setTab('evidence')
    layout.current?.show('details')
  }

  return (
    <>
      <TopBar where={<Crumb title={lab.title} track={lab.track} />}>
        <Segments lab={lab} session={session} />
        <Connection state={state} />
        {!narrow && (
          <Tooltip label={keyWords.open}>
            <ActionIcon aria-label={keyWords.open} onClick={() => setHelp(true)}>
              <IconKeyboard size={icon.base} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
        <SchemeSwitch />
        <EndSession session={session} />
      </TopBar>
      <LabLayout
        ref={layout}
        narrow={narrow}
        brief={<Brief lab={lab} session={session} open={open} onOpen={setOpen} onEvidence={showEvidence} />}
        terminal={
          session.engineReady ? (
            <Terminals
              ref={terminals}
              link={link}
              state={state}
              scheme={scheme}
              narrow={narrow}
              notice={notice?.text}
              onDismissNotice={dismissNotice}
            />
          ) : (
            <Starting session={session} />
          )
        }
        details={(fold) => (
          <Details lab={lab} session={session} tab={tab} onTab={setTab} task={asked} fold={fold} />
        )}
      />
      <VisuallyHidden role="status" aria-live="polite">
        {announcement}
      </VisuallyHidden>
      <KeysHelp opened={help} onClose={() => setHelp(false)} page="lab" />
    </>
  )
}
