import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { icon } from '../../theme.ts'
import { Mark } from '../../ui/mark.tsx'
import styles from './frame.module.css'
import { strings } from './strings.ts'

/** The bar at the top: where one is on the left, what belongs to the page on the right. */
export function TopBar({ where, children }: { where: ReactNode; children?: ReactNode }) {
  return (
    <header className={styles.bar}>
      <Link to="/" className={styles.home} aria-label={strings.home}>
        <Mark />
        <span className={styles.name}>{strings.name}</span>
      </Link>
      <nav className={styles.where} aria-label={strings.main}>
        {where}
      </nav>
      <span className="space" />
      {children}
    </header>
  )
}

/** Light or dark: follows the system until it is pressed. */
export function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const Icon = scheme === 'light' ? IconMoon : IconSun
  return (
    <Tooltip label={strings.scheme[scheme]}>
      <ActionIcon
        aria-label={strings.scheme[scheme]}
        onClick={() => setColorScheme(scheme === 'light' ? 'dark' : 'light')}
      >
        <Icon size={icon.base} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
