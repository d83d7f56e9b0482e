import {
  ActionIcon,
  Button,
  Menu,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { IconDots, IconHistory, IconKeyboard, IconMoon, IconPlayerStop, IconSun } from '@tabler/icons-react'
import { icon } from '../../theme.ts'
import { strings } from './strings.ts'
import { SchemeSwitch } from './top-bar.tsx'

interface Props {
  narrow: boolean
  /** The session is ready: it can be submitted, kept and set back. */
  ready: boolean
  ending: boolean
  submitting: boolean
  onCheckpoints(): void
  onKeys(): void
  onEnd(): void
  onSubmit(): void
}

/** What can be done with a session as a whole: side by side, or on a phone behind one button. */
export function SessionActions(props: Props) {
  const { narrow, ready, ending, submitting, onCheckpoints, onKeys, onEnd, onSubmit } = props
  const submit = (
    <Button disabled={!ready && !submitting} onClick={onSubmit}>
      {submitting ? strings.submitting : strings.submit}
    </Button>
  )
  if (narrow)
    return (
      <>
        {submit}
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={strings.more}>
              <IconDots size={icon.base} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconHistory size={icon.base} aria-hidden />}
              disabled={!ready}
              onClick={onCheckpoints}
            >
              {strings.checkpoints}
            </Menu.Item>
            <SchemeItem />
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconPlayerStop size={icon.base} aria-hidden />}
              disabled={ending}
              onClick={onEnd}
            >
              {ending ? strings.ending : strings.endNow}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </>
    )
  return (
    <>
      <Tooltip label={strings.checkpoints}>
        <ActionIcon aria-label={strings.checkpoints} disabled={!ready} onClick={onCheckpoints}>
          <IconHistory size={icon.base} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={strings.keys}>
        <ActionIcon aria-label={strings.keys} onClick={onKeys}>
          <IconKeyboard size={icon.base} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <SchemeSwitch />
      <Button disabled={ending} onClick={onEnd}>
        {ending ? strings.ending : strings.end}
      </Button>
      {submit}
    </>
  )
}

function SchemeItem() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const Icon = scheme === 'light' ? IconMoon : IconSun
  return (
    <Menu.Item
      leftSection={<Icon size={icon.base} aria-hidden />}
      onClick={() => setColorScheme(scheme === 'light' ? 'dark' : 'light')}
    >
      {strings.scheme[scheme]}
    </Menu.Item>
  )
}
