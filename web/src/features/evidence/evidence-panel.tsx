import { useEffect, useRef } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session, Verdict } from '../../../../server/contract/session.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { MachineFindings } from '../../ui/machine-findings.tsx'
import { statesById } from '../../ui/progress.ts'
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

const COLUMNS = 6

/** All that the latest verdicts rest on, one row an observation, task by task. */
export function EvidencePanel({ lab, session, task }: Props) {
  const marked = useRef<HTMLTableSectionElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: moves when another task is asked for
  useEffect(() => {
    marked.current?.scrollIntoView({ block: 'start' })
  }, [task])

  const states = statesById(session)
  const groups = lab.tasks.flatMap(({ id }, at) => {
    const { verdicts = [], tampered = [] } = states.get(id) ?? {}
    const rows = verdicts.flatMap((verdict) =>
      verdict.evidence.map((evidence, index) => ({ verdict, evidence, first: index === 0 })),
    )
    return rows.length > 0 || tampered.length > 0 ? [{ id, n: at + 1, rows, tampered }] : []
  })
  if (groups.length === 0) return <p className={styles.empty}>{strings.empty}</p>
  return (
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
      {groups.map(({ id, n, rows, tampered }) => (
        <tbody
          key={id}
          ref={id === task ? marked : undefined}
          aria-label={strings.ofTask(n)}
          data-marked={id === task || undefined}
        >
          {tampered.length > 0 && (
            <tr className={styles.aside}>
              <td colSpan={COLUMNS}>
                <MachineFindings about={strings.tampered(n)} findings={tampered} />
              </td>
            </tr>
          )}
          {rows.map(({ verdict, evidence, first }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of one verdict have no other identity
            <tr key={at}>
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
      ))}
    </table>
  )
}
