import type { AuthorCheck } from '../../../../server/contract/author.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { Plain } from '../../ui/plain.tsx'
import { Tag, type Tone } from '../../ui/tag.tsx'
import { TimeOfDay } from '../../ui/time.tsx'
import styles from './author.module.css'
import { strings } from './strings.ts'

const tones: Record<AuthorCheck['status'], Tone> = {
  passed: 'pass',
  'not-yet': 'yet',
  broken: 'broken',
  unchecked: 'plain',
}

/** A check with its latest verdict and what that rests on. */
export function CheckItem({ check }: { check: AuthorCheck }) {
  const { name, params, status, code, message, evidence, gathered, ms, at } = check
  return (
    <li className={styles.check}>
      <div className={styles.line}>
        <Tag tone={tones[status]}>{strings.status[status]}</Tag>
        <b className="mono">
          <Plain text={name} brief />
        </b>
        {code !== null && code !== status && (
          <code>
            <Plain text={code} brief />
          </code>
        )}
        <span className={styles.measured}>
          {ms !== null && <span className="num">{strings.took(ms)}</span>}
          {at !== null && <TimeOfDay at={at} />}
        </span>
      </div>
      <p>{message === null ? strings.unchecked : <InlineCode text={message} />}</p>
      {evidence.map(({ expected, observed, source }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: evidence of one verdict has no other identity
        <dl key={index} className={styles.evidence}>
          <dt>{strings.expected}</dt>
          <dd>
            <InlineCode text={expected} />
          </dd>
          <dt>{strings.observed}</dt>
          <dd>
            <InlineCode text={observed || strings.nothing} />
          </dd>
          <dt>{strings.source}</dt>
          <dd className="dim">
            <InlineCode text={source} />
          </dd>
        </dl>
      ))}
      <Folded title={strings.params} text={params} />
      {gathered !== null && <Folded title={strings.gathered} text={gathered} />}
    </li>
  )
}

function Folded({ title, text }: { title: string; text: string }) {
  return (
    <details className={styles.fold}>
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard */}
      <pre tabIndex={0}>
        <Plain text={text} />
      </pre>
    </details>
  )
}
