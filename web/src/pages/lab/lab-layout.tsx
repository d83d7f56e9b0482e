import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, type Ref, useImperativeHandle, useState } from 'react'
import { Group, Panel, Separator, useDefaultLayout, usePanelRef } from 'react-resizable-panels'
import { icon, layout } from '../../theme.ts'
import styles from './lab.module.css'
import { strings } from './strings.ts'

type Area = 'brief' | 'terminal' | 'details'
const areas = ['brief', 'terminal', 'details'] as const

export interface LabLayoutHandle {
  /** Makes an area visible: unfolds it, or turns a phone's page to it. */
  show(area: Area): void
}

interface Props {
  /** A line above all areas. */
  above: ReactNode
  brief: ReactNode
  terminal: ReactNode
  /** Gets the button that folds it. */
  details(fold: ReactNode): ReactNode
  narrow: boolean
  ref: Ref<LabLayoutHandle>
}

/** Three areas whose sizes are remembered; on a phone one at a time, with the others kept as they are. */
export function LabLayout({ narrow, ...areasOf }: Props) {
  return narrow ? <OneAtATime {...areasOf} /> : <SideBySide {...areasOf} />
}

type LayoutProps = Omit<Props, 'narrow'>

function SideBySide({ above, brief, terminal, details, ref }: LayoutProps) {
  const columns = useDefaultLayout({ id: 'drydock.columns', storage: localStorage })
  const rows = useDefaultLayout({ id: 'drydock.rows', storage: localStorage })
  const left = usePanelRef()
  const drawer = usePanelRef()
  const [folded, setFolded] = useState(false)
  useImperativeHandle(ref, () => ({
    show: (area) => {
      if (area === 'brief') left.current?.expand()
      if (area === 'details') drawer.current?.expand()
    },
  }))
  const Icon = folded ? IconChevronUp : IconChevronDown
  const label = folded ? strings.unfold : strings.fold
  const fold = (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label}
        aria-expanded={!folded}
        onClick={() => (folded ? drawer.current?.expand() : drawer.current?.collapse())}
      >
        <Icon size={icon.base} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <main className={styles.lab}>
      {above}
      <Group {...columns} orientation="horizontal" className={styles.group}>
        <Panel
          id="brief"
          panelRef={left}
          collapsible
          defaultSize={layout.brief}
          minSize={layout.briefMin}
          groupResizeBehavior="preserve-pixel-size"
          className={styles.left}
        >
          {brief}
        </Panel>
        <Separator className={styles.vertical} aria-label={strings.resizeBrief} />
        <Panel id="work" minSize={layout.workMin}>
          <Group {...rows} orientation="vertical" className={styles.group}>
            <Panel id="terminal" minSize={layout.terminalMin}>
              {terminal}
            </Panel>
            <Separator className={styles.horizontal} aria-label={strings.resizeDrawer} />
            <Panel
              id="details"
              panelRef={drawer}
              collapsible
              collapsedSize={layout.drawerFolded}
              defaultSize={layout.drawer}
              minSize={layout.drawerMin}
              groupResizeBehavior="preserve-pixel-size"
              onResize={() => setFolded(drawer.current?.isCollapsed() ?? false)}
            >
              {details(fold)}
            </Panel>
          </Group>
        </Panel>
      </Group>
    </main>
  )
}

function OneAtATime({ above, brief, terminal, details, ref }: LayoutProps) {
  const [area, setArea] = useState<Area>('brief')
  useImperativeHandle(ref, () => ({ show: setArea }))
  const content = { brief, terminal, details: details(null) }
  return (
    <main className={styles.lab}>
      {above}
      <div className={styles.views}>
        <SegmentedControl
          fullWidth
          aria-label={strings.views}
          value={area}
          onChange={(value) => setArea(areas.find((known) => known === value) ?? 'brief')}
          data={areas.map((value) => ({ value, label: strings.view[value] }))}
        />
      </div>
      {areas.map((name) => (
        <div key={name} className={styles.one} hidden={name !== area}>
          {content[name]}
        </div>
      ))}
    </main>
  )
}
