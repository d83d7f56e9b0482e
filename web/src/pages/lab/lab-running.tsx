import { useComputedColorScheme, VisuallyHidden } from '@mantine/core'
import { useRef, useState } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { useAuthor } from '../../api/author.ts'
import { useEndSession, useStartAnew, useSubmit } from '../../api/sessions.ts'
import { useSessionLink } from '../../api/use-session-link.ts'
import { CheckpointsDialog, type CheckpointsView } from '../../features/checkpoints/checkpoints-dialog.tsx'
import { Resetting } from '../../features/checkpoints/resetting.tsx'
import { useResetLine } from '../../features/checkpoints/use-reset-line.ts'
import { DiskWarning } from '../../features/disk/disk-warning.tsx'
import { Crumb } from '../../features/frame/crumb.tsx'
import { EndDialog } from '../../features/frame/end-dialog.tsx'
import { SessionActions } from '../../features/frame/session-actions.tsx'
import { Connection, Segments } from '../../features/frame/session-state.tsx'
import { TopBar } from '../../features/frame/top-bar.tsx'
import { KeysHelp } from '../../features/keys/keys-help.tsx'
import { Starting } from '../../features/start/starting.tsx'
import { SubmitDialog } from '../../features/submission/submit-dialog.tsx'
import { useOpenTask } from '../../features/tasks/use-open-task.ts'
import { Terminals, type TerminalsHandle } from '../../features/terminal/terminals.tsx'
import { TimeLeft, TimeWarning } from '../../features/time/time-left.tsx'
import { useNarrow } from '../../ui/use-narrow.ts'
import { usePageKeys } from '../../ui/use-page-keys.ts'
import { Brief } from './brief.tsx'
import { Details, type DetailsTab } from './details.tsx'
import { LabLayout, type LabLayoutHandle } from './lab-layout.tsx'

/** A lab with its session open: brief and tasks, terminals, details. */
export function LabRunning({ lab, session }: { lab: LabDetail; session: Session }) {
  const { link, state, notice, dismissNotice } = useSessionLink(session.id)
  const forAuthor = useAuthor({ link, state }, lab.slug)
  const scheme = useComputedColorScheme('light')
  const narrow = useNarrow()
  const { open, setOpen, announcement } = useOpenTask(lab, session)
  const [tab, setTab] = useState<DetailsTab>('machine')
  const [asked, setAsked] = useState<string>()
  const [dialog, setDialog] = useState<'keys' | 'end' | 'submit'>()
  const [checkpoints, setCheckpoints] = useState<CheckpointsView>()
  const [resetLine, dismissResetLine] = useResetLine(session)
  const end = useEndSession(session.id)
  const anew = useStartAnew(session.id)
  const submit = useSubmit(session.id)
  const terminals = useRef<TerminalsHandle>(null)
  const layout = useRef<LabLayoutHandle>(null)

  const openTaskElement = () => document.querySelector<HTMLElement>('[aria-expanded="true"][id^="task-"]')
  usePageKeys((key) => {
    if (key.do === 'help') {
      setDialog('keys')
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
        <TimeLeft session={session} />
        <Connection state={state} />
        <SessionActions
          narrow={narrow}
          ready={session.state === 'ready' && !session.resetting}
          ending={session.state === 'ending' || end.isPending || anew.isPending}
          submitting={submit.isPending}
          onCheckpoints={() => setCheckpoints({ show: 'list' })}
          onKeys={() => setDialog('keys')}
          onEnd={() => setDialog('end')}
          onSubmit={() => setDialog('submit')}
        />
      </TopBar>
      <LabLayout
        ref={layout}
        narrow={narrow}
        above={
          <>
            <TimeWarning session={session} />
            <DiskWarning disk={session.disk} />
          </>
        }
        brief={
          <Brief
            lab={lab}
            session={session}
            open={open}
            onOpen={setOpen}
            onEvidence={showEvidence}
            onReset={(checkpoint) => setCheckpoints({ show: 'reset', checkpoint })}
            onSubmit={() => setDialog('submit')}
          />
        }
        terminal={
          session.engineReady || session.resetting ? (
            <Terminals
              ref={terminals}
              link={link}
              state={state}
              scheme={scheme}
              narrow={narrow}
              notice={notice?.text ?? resetLine}
              onDismissNotice={() => {
                dismissNotice()
                dismissResetLine()
              }}
              away={session.resetting && <Resetting />}
            />
          ) : (
            <Starting session={session} />
          )
        }
        details={(fold) => (
          <Details
            lab={lab}
            session={session}
            tab={tab}
            onTab={setTab}
            forAuthor={forAuthor}
            task={asked}
            fold={fold}
          />
        )}
      />
      <VisuallyHidden role="status" aria-live="polite">
        {announcement}
      </VisuallyHidden>
      <KeysHelp opened={dialog === 'keys'} onClose={() => setDialog(undefined)} page="lab" />
      <EndDialog end={end} anew={anew} opened={dialog === 'end'} onClose={() => setDialog(undefined)} />
      <SubmitDialog
        lab={lab}
        session={session}
        submit={submit}
        opened={dialog === 'submit'}
        onClose={() => setDialog(undefined)}
      />
      <CheckpointsDialog lab={lab} session={session} view={checkpoints} onView={setCheckpoints} />
    </>
  )
}
