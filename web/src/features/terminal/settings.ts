import { useLocalStorage } from '@mantine/hooks'
import { terminalFont } from '../../theme.ts'

export interface TerminalSettings {
  /** CSS pixels. */
  fontSize: number
  screenReader: boolean
}

const normal: TerminalSettings = { fontSize: terminalFont.size, screenReader: false }

/** What a person set for all terminals; kept in this browser. */
export function useTerminalSettings() {
  const [settings, setSettings] = useLocalStorage<TerminalSettings>({
    key: 'drydock.terminal',
    defaultValue: normal,
    getInitialValueInEffect: false,
    deserialize: read,
  })
  return {
    settings,
    zoom: (by: 1 | 0 | -1) => setSettings((known) => ({ ...known, fontSize: zoomed(known.fontSize, by) })),
    toggleScreenReader: () => setSettings((known) => ({ ...known, screenReader: !known.screenReader })),
  }
}

/** The size one step larger or smaller, within the limits; 0 goes back to normal. */
export function zoomed(size: number, by: 1 | 0 | -1): number {
  if (by === 0) return terminalFont.size
  return Math.min(terminalFont.max, Math.max(terminalFont.min, size + by))
}

/** What is stored may be anything: from an older page, or edited by hand. */
export function read(stored: string | undefined): TerminalSettings {
  try {
    const value = JSON.parse(stored ?? '') as Partial<TerminalSettings> | null
    const size = Number(value?.fontSize)
    return {
      fontSize: size >= terminalFont.min && size <= terminalFont.max ? size : normal.fontSize,
      screenReader: value?.screenReader === true,
    }
  } catch {
    return normal
  }
}
