import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { colours, type Scheme } from './theme.ts'

/** Relative luminance of `#rrggbb`, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const text = [
  ...(['text', 'dim', 'faint', 'accent', 'fault', 'yet', 'pass', 'broken'] as const).flatMap((on) =>
    (['bg', 'panel', 'raise', 'hover'] as const).map((ground) => [on, ground] as const),
  ),
  ['text', 'code'],
  ['dim', 'code'],
  ['text', 'line'],
  ['pass', 'pass-soft'],
  ['text', 'pass-soft'],
  ['dim', 'pass-soft'],
  ['yet', 'yet-soft'],
  ['broken', 'broken-soft'],
  ['accent', 'accent-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-fault', 'fault'],
  ['on-fault', 'fault-hover'],
  ['term-text', 'term'],
] as const

const edges = [
  ['edge', 'panel'],
  ['edge', 'bg'],
  ['accent', 'panel'],
  ['accent', 'bg'],
  ['accent', 'term'],
] as const

describe.each(['light', 'dark'] satisfies Scheme[])('the %s scheme', (scheme) => {
  const c = colours[scheme]
  it.each(text)('has %s readable on %s', (on, ground) => {
    expect(contrast(c[on], c[ground])).toBeGreaterThanOrEqual(4.5)
  })
  it.each(edges)('has %s visible on %s', (on, ground) => {
    expect(contrast(c[on], c[ground])).toBeGreaterThanOrEqual(3)
  })
})

describe('style sheets', () => {
  const root = import.meta.dirname
  it.each(globSync('**/*.css', { cwd: root }))('%s takes every colour and size from the theme', (file) => {
    const css = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*.*?\*\//gs, '')
    expect(css.match(/#[0-9a-f]{3,8}\b|\b(rgb|hsl)a?\(|\b\d*\.?\d+(px|rem|em|ms|s)\b/gi) ?? []).toEqual([])
  })
})
