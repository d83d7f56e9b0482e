import type { MouseEvent } from 'react'

/** For buttons beside the terminal: a click with the mouse leaves the keys where they were. With the keyboard nothing changes. */
export const keepFocus = { onMouseDown: (event: MouseEvent) => event.preventDefault() }
