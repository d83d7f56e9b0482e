import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { SchemeSwitch, TopBar } from '../../features/frame/top-bar.tsx'
import { Page } from '../../ui/page.tsx'
import { strings } from './strings.ts'

export function NotFoundPage() {
  const navigate = useNavigate()
  return (
    <>
      <TopBar where={<b>{strings.title}</b>}>
        <SchemeSwitch />
      </TopBar>
      <Page>
        <h1>{strings.title}</h1>
        <p className="dim">{strings.why}</p>
        <Button variant="filled" onClick={() => navigate({ to: '/' })}>
          {strings.back}
        </Button>
      </Page>
    </>
  )
}
