import { useMediaQuery } from '@mantine/hooks'
import { useLayoutEffect } from 'react'
import { NARROW } from '../theme.ts'

/** Whether the page is as narrow as a phone. */
export function useNarrow(): boolean {
  return useMediaQuery(`(width < ${NARROW}px)`, undefined, { getInitialValueInEffect: false }) ?? false
}

/** Marks the document for style sheets, which cannot read a width from the theme. */
export function useNarrowMark(): void {
  const narrow = useNarrow()
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute('data-narrow', narrow)
  }, [narrow])
}
