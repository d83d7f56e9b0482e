/** What is looked for in an image's layers. */
export interface ScanQuestion {
  /** A text that must not be found; at least 2 characters. */
  needle?: string
  /** Regular expressions on paths, `/`-led. */
  patterns: readonly string[]
}

export interface LayerFile {
  /** From the lowest, 0. */
  layer: number
  /** `/`-led; the needle in it is masked. */
  path: string
  /** Whether it is there in a container: neither removed nor replaced by a layer above. */
  visible: boolean
}

/** At most 50 of each, the visible ones first. */
export interface ImageScan {
  layers: number
  withNeedle: LayerFile[]
  /** For each pattern. */
  matching: LayerFile[][]
}
