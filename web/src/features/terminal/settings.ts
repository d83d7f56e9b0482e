import { useLocalStorage } from '@mantine/hooks'
import { terminalFont } from '../../theme.ts'

export interface TerminalSettings {
  /** Width of a letter in CSS pixels, whole. */
  cell: number
  screenReader: boolean
}

const normal: TerminalSettings = { cell: terminalFont.cell.normal, screenReader: false }

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
    zoom: (by: 1 | 0 | -1) => setSettings((known) => ({ ...known, cell: zoomed(known.cell, by) })),
    toggleScreenReader: () => setSettings((known) => ({ ...known, screenReader: !known.screenReader })),
  }
}

/** The cell one step larger or smaller, within the limits; 0 goes back to normal. */
export function zoomed(cell: number, by: 1 | 0 | -1): number {
  const { normal, min, max } = terminalFont.cell
  return by === 0 ? normal : Math.min(max, Math.max(min, cell + by))
}

/** What is stored may be anything: from an older page, or edited by hand. */
export function read(stored: string | undefined): TerminalSettings {
  try {
    const value = JSON.parse(stored ?? '') as Partial<TerminalSettings> | null
    const cell = Number(value?.cell)
    const { min, max } = terminalFont.cell
    return {
      cell: Number.isInteger(cell) && cell >= min && cell <= max ? cell : normal.cell,
      screenReader: value?.screenReader === true,
    }
  } catch {
    return normal
  }
}
