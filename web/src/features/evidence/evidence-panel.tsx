import { IconInfoCircle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session, Verdict } from '../../../../server/contract/session.ts'
import { icon } from '../../theme.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { Tag, type Tone } from '../../ui/tag.tsx'
import { TimeOfDay } from '../../ui/time.tsx'
import styles from './evidence.module.css'
import { strings } from './strings.ts'

const words: Record<Verdict['status'], { tone: Tone; word: string }> = {
  passed: { tone: 'pass', word: strings.passed },
  'not-yet': { tone: 'yet', word: strings.notYet },
  broken: { tone: 'broken', word: strings.broken },
}

interface Props {
  lab: LabDetail
  session: Session
  /** The task whose evidence was asked for. */
  task: string | undefined
}

/** All that the latest verdicts rest on, one row an observation. */
export function EvidencePanel({ lab, session, task }: Props) {
  const marked = useRef<HTMLTableRowElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: moves when another task is asked for
  useEffect(() => {
    marked.current?.scrollIntoView({ block: 'start' })
  }, [task])

  const rows = lab.tasks.flatMap(({ id }, at) =>
    (session.tasks.find((state) => state.task === id)?.verdicts ?? []).flatMap((verdict) =>
      verdict.evidence.map((evidence, index) => ({ n: at + 1, id, verdict, evidence, first: index === 0 })),
    ),
  )
  if (rows.length === 0) return <p className={styles.empty}>{strings.empty}</p>
  const firstMarked = rows.findIndex((row) => row.id === task)
  const tampered = lab.tasks.flatMap(({ id }, at) =>
    session.tasks.some((state) => state.task === id && state.tampered) ? [at + 1] : [],
  )
  return (
    <>
      {tampered.length > 0 && (
        <p className={styles.aside}>
          <IconInfoCircle size={icon.base} aria-hidden />
          <span>
            {strings.tampered} <span className="dim num">{strings.tasks(tampered)}</span>
          </span>
        </p>
      )}
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{strings.time}</th>
            <th scope="col">{strings.verdict}</th>
            <th scope="col">{strings.task}</th>
            <th scope="col">{strings.expected}</th>
            <th scope="col">{strings.observed}</th>
            <th scope="col">{strings.source}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ n, id, verdict, evidence, first }, at) => (
            <tr
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of one verdict have no other identity
              key={`${id} ${verdict.check} ${at}`}
              ref={at === firstMarked ? marked : undefined}
              data-marked={id === task || undefined}
            >
              <td className="dim" data-label={strings.time}>
                {first && <TimeOfDay at={verdict.at} />}
              </td>
              <td data-label={strings.verdict}>
                {first && <Tag tone={words[verdict.status].tone}>{words[verdict.status].word}</Tag>}
              </td>
              <td className="num" data-label={strings.task}>
                {first && n}
              </td>
              <td className={styles.wide} data-label={strings.expected}>
                <span>
                  <InlineCode text={evidence.expected} />
                </span>
              </td>
              <td className={styles.wide} data-label={strings.observed}>
                <span>
                  <InlineCode text={evidence.observed || strings.nothing} />
                </span>
              </td>
              <td className={styles.source} data-label={strings.source}>
                <span>
                  <InlineCode text={evidence.source} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
