import { Fragment } from 'react'
import { Plain } from './plain.tsx'

/** Plain text in which `backticks` mean code; nothing else is markup, and what would be invisible is marked. */
export function InlineCode({ text, brief }: { text: string; brief?: boolean }) {
  return text.split(/`([^`\n]+)`/).map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other identity
      <code key={at}>
        <Plain text={part} brief={brief} />
      </code>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <Fragment key={at}>
        <Plain text={part} brief={brief} />
      </Fragment>
    ),
  )
}
