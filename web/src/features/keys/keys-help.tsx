import { Modal } from '@mantine/core'
import styles from './keys.module.css'
import { strings } from './strings.ts'

interface Props {
  opened: boolean
  onClose(): void
  page: 'lab' | 'catalogue'
}

/** The list of keys, as `?` shows it. */
export function KeysHelp({ opened, onClose, page }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={strings.title}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      <h3 className="dim">{strings.everywhere}</h3>
      <Rows rows={strings.rows[page]} />
      {page === 'lab' && (
        <>
          <h3 className="dim">{strings.inTerminal}</h3>
          <Rows rows={strings.rows.terminal} />
        </>
      )}
    </Modal>
  )
}

function Rows({ rows }: { rows: { keys: string[]; does: string }[] }) {
  return (
    <dl className={styles.rows}>
      {rows.map(({ keys, does }) => (
        <div key={does} className={styles.row}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  )
}
