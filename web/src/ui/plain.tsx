import { strings } from './strings.ts'
import { visibleParts } from './visible.ts'

/** A foreign text, which may hold anything: nothing in it acts, and what would be invisible is marked. `brief`: there is little room for it. */
export function Plain({ text, brief }: { text: string; brief?: boolean }) {
  const { parts, hidden } = visibleParts(text, brief)
  return (
    <>
      {parts.map((part, at) =>
        part.mark ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other identity
          <span key={at} className="unseen" title={strings.unseen}>
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
      {hidden > 0 && <span className="faint"> {strings.hidden(hidden)}</span>}
    </>
  )
}
