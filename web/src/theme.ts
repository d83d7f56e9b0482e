import {
  ActionIcon,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Menu,
  Modal,
  Radio,
  SegmentedControl,
  Skeleton,
  Tooltip,
  type VariantColorsResolver,
} from '@mantine/core'

/** Colours by role; the two schemes have the same roles. Text reaches AA on its ground, and so does the edge of a field (theme.test.ts). */
export const colours = {
  light: {
    bg: '#f7f8f9',
    panel: '#ffffff',
    raise: '#ffffff',
    hover: '#f1f3f5',
    line: '#e3e6ea',
    'line-strong': '#cfd5dc',
    edge: '#848f9c',
    text: '#1b2129',
    dim: '#5c6773',
    faint: '#65707e',
    accent: '#0a766f',
    'accent-hover': '#08645e',
    'accent-soft': '#e3f3f1',
    'on-accent': '#ffffff',
    pass: '#187a47',
    'pass-soft': '#e6f4ec',
    yet: '#8f5b00',
    'yet-soft': '#fbf1dd',
    broken: '#6b47b8',
    'broken-soft': '#efeafa',
    fault: '#b3261e',
    'fault-hover': '#98201a',
    'fault-soft': '#fbeceb',
    'on-fault': '#ffffff',
    term: '#fbfcfc',
    'term-text': '#24303a',
    code: '#eef1f3',
    scrim: 'rgb(27 33 41 / 0.35)',
    shadow: '0 8px 28px rgb(27 33 41 / 0.14)',
  },
  dark: {
    bg: '#0f1317',
    panel: '#151a20',
    raise: '#1a2027',
    hover: '#1c232b',
    line: '#252c35',
    'line-strong': '#343d48',
    edge: '#68747f',
    text: '#e4e8ec',
    dim: '#9aa6b2',
    faint: '#828e9b',
    accent: '#3fc1b4',
    'accent-hover': '#5bcfc3',
    'accent-soft': '#12302f',
    'on-accent': '#06211f',
    pass: '#55c98a',
    'pass-soft': '#122a1e',
    yet: '#e0ab52',
    'yet-soft': '#2d2312',
    broken: '#a88cf0',
    'broken-soft': '#231c38',
    fault: '#ff8a80',
    'fault-hover': '#ffa198',
    'fault-soft': '#35191a',
    'on-fault': '#2b0a08',
    term: '#0b0f13',
    'term-text': '#d4dbe2',
    code: '#1e252d',
    scrim: 'rgb(4 6 8 / 0.6)',
    shadow: '0 8px 28px rgb(0 0 0 / 0.5)',
  },
} as const

export type Scheme = keyof typeof colours

/** Sizes by role: a 4 px grid, three sizes of type, one radius for controls and one for cards. */
const sizes = {
  'space-1': '4px',
  'space-2': '8px',
  'space-3': '12px',
  'space-4': '16px',
  'space-5': '20px',
  'space-6': '24px',
  'space-8': '32px',
  'space-10': '40px',
  'space-16': '64px',
  hair: '1px',
  focus: '2px',
  'radius-small': '4px',
  radius: '6px',
  'radius-card': '10px',
  'radius-pill': '999px',
  'font-small': '12px',
  'font-base': '14px',
  'font-title': '20px',
  'font-code': '12.5px',
  'line-tight': '1.3',
  'line-base': '1.5',
  'weight-medium': '540',
  'weight-strong': '620',
  'tracking-title': '-0.015em',
  bar: '48px',
  tabs: '38px',
  'drawer-bar': '36px',
  tab: '31px',
  control: '30px',
  target: '24px',
  tag: '22px',
  ring: '20px',
  dot: '7px',
  'segment-wide': '34px',
  'segment-high': '4px',
  page: '1080px',
  prose: '680px',
  search: '280px',
  'column-index': '20px',
  'column-minutes': '64px',
  'column-level': '72px',
  'column-state': '112px',
  'column-label': '76px',
  'column-duration': '72px',
  'editor-rows': '200px',
  none: '0px',
  whole: '100%',
  quick: '120ms',
} as const

/** Below this width (CSS pixels) the page is one column: a phone. */
export const NARROW = 760
/** Sizes that layout code needs as numbers, in CSS pixels. */
export const layout = {
  brief: 404,
  briefMin: 300,
  workMin: 420,
  drawer: 236,
  drawerMin: 168,
  drawerFolded: 37,
  terminalMin: 120,
}
/** Icons, in CSS pixels. */
export const icon = { small: 12, base: 16, large: 20 }
/**
 * Terminal type. A cell is a whole number of CSS pixels wide, or a graphics card rounds it down and the letters
 * crowd: JetBrains Mono's advance is 0.6 of its size. The student changes the cell between the two ends.
 */
export const terminalFont = {
  family: '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace',
  cell: { normal: 8, min: 6, max: 18 },
  lineHeight: 1.1,
}
/** Font size in CSS pixels whose letters are `cell` CSS pixels wide; a little above, as browsers round sizes to 1/32. */
export const terminalFontSize = (cell: number): number => cell / 0.6 + 0.05

const ansi = {
  light: {
    black: '#24303a',
    red: '#b3261e',
    green: '#187a47',
    yellow: '#8f5b00',
    blue: '#1f5fbf',
    magenta: '#8a3fa0',
    cyan: '#0a766f',
    white: '#667180',
    brightBlack: '#5c6773',
    brightRed: '#c4362d',
    brightGreen: '#15703f',
    brightYellow: '#7d5000',
    brightBlue: '#174fa6',
    brightMagenta: '#743089',
    brightCyan: '#096c66',
    brightWhite: '#1b2129',
  },
  dark: {
    black: '#343d48',
    red: '#ff8a80',
    green: '#55c98a',
    yellow: '#e0ab52',
    blue: '#7db4ff',
    magenta: '#d29cf0',
    cyan: '#3fc1b4',
    white: '#c3ccd5',
    brightBlack: '#828e9b',
    brightRed: '#ffa198',
    brightGreen: '#7ad9a5',
    brightYellow: '#efc47a',
    brightBlue: '#a3caff',
    brightMagenta: '#e2bdf7',
    brightCyan: '#6fd6cb',
    brightWhite: '#f2f5f7',
  },
} as const

/** xterm's theme for a scheme. */
export function terminalTheme(scheme: Scheme) {
  const c = colours[scheme]
  return {
    ...ansi[scheme],
    background: c.term,
    foreground: c['term-text'],
    cursor: c['term-text'],
    cursorAccent: c.term,
    selectionBackground: scheme === 'light' ? '#0a766f33' : '#3fc1b44d',
    scrollbarSliderBackground: scheme === 'light' ? '#24303a26' : '#d4dbe226',
    scrollbarSliderHoverBackground: scheme === 'light' ? '#24303a40' : '#d4dbe240',
    scrollbarSliderActiveBackground: scheme === 'light' ? '#24303a59' : '#d4dbe259',
  }
}

/** Colours of matches when searching the scrollback. */
export function searchColours(scheme: Scheme) {
  const c = colours[scheme]
  return {
    matchBackground: c['yet-soft'],
    matchOverviewRuler: c.yet,
    activeMatchBackground: c['accent-soft'],
    activeMatchBorder: c.accent,
    activeMatchColorOverviewRuler: c.accent,
  }
}

const variables = (entries: Record<string, string>) =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [`--${name}`, value]))

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    ...variables(sizes),
    '--font-text': '"Inter Variable", Inter, system-ui, sans-serif',
    '--font-mono': terminalFont.family,
    '--border': 'var(--hair) solid var(--line)',
    '--border-strong': 'var(--hair) solid var(--line-strong)',
    '--mantine-color-body': 'var(--bg)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--dim)',
    '--mantine-color-placeholder': 'var(--faint)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--fault)',
    '--mantine-color-default': 'var(--panel)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-disabled': 'var(--code)',
    '--mantine-color-disabled-color': 'var(--faint)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-shadow-md': 'var(--shadow)',
    '--mantine-font-weight-medium': 'var(--weight-medium)',
    '--mantine-font-weight-bold': 'var(--weight-strong)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  },
  light: variables(colours.light),
  dark: variables(colours.dark),
})

/** Buttons take their colours from the roles above: `filled` is the accent, red is for destructive acts alone. */
const variantColours: VariantColorsResolver = ({ variant, color }) => {
  const role = color === 'red' ? 'fault' : 'accent'
  if (variant === 'filled')
    return {
      background: `var(--${role})`,
      hover: `var(--${role}-hover)`,
      color: `var(--on-${role})`,
      border: 'var(--hair) solid transparent',
    }
  if (variant === 'subtle')
    return {
      background: 'transparent',
      hover: 'var(--hover)',
      color: color === 'red' ? 'var(--fault)' : 'var(--dim)',
      border: 'var(--hair) solid transparent',
    }
  return {
    background: 'var(--panel)',
    hover: 'var(--hover)',
    color: color === 'red' ? 'var(--fault)' : 'var(--text)',
    border: 'var(--border-strong)',
  }
}

const teal: MantineColorsTuple = [
  '#e3f3f1',
  '#c6e8e4',
  '#9cd8d1',
  '#6cc9be',
  '#3fc1b4',
  '#21a599',
  '#12928a',
  '#0a766f',
  '#096c66',
  '#075752',
]

/** Mantine's own neutrals, so that whatever of it is not named above still falls into the scale. */
const gray: MantineColorsTuple = [
  '#f7f8f9',
  '#eef1f3',
  '#e3e6ea',
  '#e3e6ea',
  '#cfd5dc',
  '#aab3bd',
  '#5c6773',
  '#5c6773',
  '#343d48',
  '#1b2129',
]
const dark: MantineColorsTuple = [
  '#e4e8ec',
  '#c3ccd5',
  '#9aa6b2',
  '#828e9b',
  '#252c35',
  '#1e252d',
  '#1a2027',
  '#151a20',
  '#0f1317',
  '#0b0f13',
]

export const theme = createTheme({
  colors: { teal, gray, dark },
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '14px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.5', md: '1.5', lg: '1.5', xl: '1.3' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '10px', xl: '999px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  variantColorResolver: variantColours,
  components: {
    Button: Button.extend({
      defaultProps: { variant: 'default' },
      vars: () => ({
        root: {
          '--button-height': 'var(--control)',
          '--button-padding-x': 'var(--space-3)',
          '--button-fz': 'var(--font-base)',
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: 'subtle' },
      vars: () => ({ root: { '--ai-size': 'var(--control)' } }),
    }),
    Input: Input.extend({
      vars: () => ({
        wrapper: {
          '--input-height': 'var(--control)',
          '--input-fz': 'var(--font-base)',
          '--input-padding': 'var(--space-3)',
        },
      }),
    }),
    Radio: Radio.extend({
      vars: () => ({ root: { '--radio-size': 'var(--space-4)' } }),
      styles: { body: { alignItems: 'center' } },
    }),
    Checkbox: Checkbox.extend({
      vars: () => ({ root: { '--checkbox-size': 'var(--space-4)' } }),
      styles: { body: { alignItems: 'center' } },
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { transitionDuration: 100, withItemsBorders: false },
      vars: () => ({ root: { '--sc-shadow': 'none' } }),
    }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 100 }, shadow: 'md' } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        shadow: 'md',
        overlayProps: { color: 'var(--scrim)', backgroundOpacity: 1 },
        transitionProps: { duration: 120 },
        padding: 'lg',
        radius: 'lg',
        // The page has one banner, and that is not in a dialog.
        attributes: { header: { role: 'presentation' } },
      },
      styles: {
        title: { fontWeight: 'var(--weight-strong)' },
        content: { background: 'var(--raise)' },
        header: { background: 'var(--raise)' },
      },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, transitionProps: { duration: 100 } } }),
    Skeleton: Skeleton.extend({ defaultProps: { radius: 'xs' } }),
  },
})
