import { strings } from './strings.ts'

/** Share of tasks passed as a ring; a filled disc with a tick when all are. `tone` colours a share that is under way. */
export function Ring({
  passed,
  total,
  tone = 'yet',
}: {
  passed: number
  total: number
  tone?: 'yet' | 'accent'
}) {
  const share = total === 0 ? 0 : passed / total
  const round = 2 * Math.PI * 8
  return (
    <svg className="ring" viewBox="0 0 20 20" role="img" aria-label={strings.passedOf(passed, total)}>
      {share >= 1 ? (
        <>
          <circle cx="10" cy="10" r="9" fill="var(--pass)" />
          <path d="M6 10.5l2.6 2.6L14 7.6" fill="none" stroke="var(--panel)" strokeWidth="2" />
        </>
      ) : (
        <>
          <circle cx="10" cy="10" r="8" fill="none" stroke="var(--line-strong)" strokeWidth="3" />
          {share > 0 && (
            <circle
              cx="10"
              cy="10"
              r="8"
              fill="none"
              stroke={`var(--${tone})`}
              strokeWidth="3"
              strokeDasharray={`${share * round} ${round}`}
              transform="rotate(-90 10 10)"
            />
          )}
        </>
      )}
    </svg>
  )
}
