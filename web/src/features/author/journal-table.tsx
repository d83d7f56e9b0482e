import type { JournalLine } from '../../../../server/contract/author.ts'
import { Plain } from '../../ui/plain.tsx'
import { TimeOfDay } from '../../ui/time.tsx'
import styles from './author.module.css'
import { strings } from './strings.ts'

/** The journal of the sandbox's engine, the newest row first, so that it can be watched as it grows. */
export function JournalTable({ lines }: { lines: readonly JournalLine[] }) {
  return (
    <section>
      <h3>{strings.journal}</h3>
      {lines.length === 0 ? (
        <p className="dim">{strings.noRows}</p>
      ) : (
        <table className={styles.journal}>
          <caption>{strings.journalWhy}</caption>
          <thead>
            <tr>
              <th scope="col">{strings.time}</th>
              <th scope="col">{strings.who}</th>
              <th scope="col">{strings.type}</th>
              <th scope="col">{strings.action}</th>
              <th scope="col">{strings.name}</th>
              <th scope="col">{strings.attributes}</th>
            </tr>
          </thead>
          <tbody>
            {lines.toReversed().map((line) => (
              <tr key={line.seq} data-by={line.by}>
                <td className="dim" data-label={strings.time}>
                  <TimeOfDay at={line.at} />
                </td>
                <td data-label={strings.who}>{strings.by[line.by]}</td>
                <td data-label={strings.type}>
                  <Plain text={line.type} brief />
                </td>
                <td className="mono" data-label={strings.action}>
                  <Plain text={line.action} brief />
                </td>
                <td className="mono" data-label={strings.name}>
                  <Plain text={line.name} brief />
                </td>
                <td className={styles.attributes} data-label={strings.attributes}>
                  <Plain text={line.attributes} brief />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
