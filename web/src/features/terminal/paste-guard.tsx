import { Button, Checkbox, Group, Modal } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { needsAsking, pastedLines } from './keys.ts'
import { strings } from './strings.ts'
import styles from './terminal.module.css'

/** Lines of a paste that the question shows. */
const SHOWN_LINES = 8
/** Set once the person has said that pastes need no question, for as long as this browser tab lives. */
const ALWAYS = 'drydock.paste-always'

interface Props {
  className?: string
  onPaste(text: string): void
  focus(): void
  children: ReactNode
}

/** Asks once before several lines go to the shell. */
export function PasteGuard({ className, onPaste, focus, children }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [text, setText] = useState<string>()
  const [always, setAlways] = useState(false)

  useEffect(() => {
    const element = box.current
    const listen = (event: ClipboardEvent) => {
      const pasted = event.clipboardData?.getData('text/plain') ?? ''
      if (!needsAsking(pasted) || sessionStorage.getItem(ALWAYS) === 'yes') return
      event.preventDefault()
      event.stopPropagation()
      setText(pasted)
    }
    element?.addEventListener('paste', listen, { capture: true })
    return () => element?.removeEventListener('paste', listen, { capture: true })
  }, [])

  const close = () => {
    setText(undefined)
    setTimeout(focus) // After the dialog has given the focus back.
  }
  const lines = pastedLines(text ?? '')
  return (
    <div ref={box} className={className}>
      {children}
      <Modal
        opened={text !== undefined}
        onClose={close}
        title={strings.pasteTitle(lines.length)}
        returnFocus={false}
      >
        <p className={styles.why}>{strings.pasteWhy}</p>
        <pre className={styles.preview}>
          {lines.slice(0, SHOWN_LINES).join('\n')}
          {lines.length > SHOWN_LINES && <span>{`\n${strings.pasteMore(lines.length - SHOWN_LINES)}`}</span>}
        </pre>
        <Checkbox
          label={strings.pasteAlways}
          checked={always}
          onChange={(event) => setAlways(event.currentTarget.checked)}
        />
        <Group justify="flex-end" mt="lg">
          <Button onClick={close}>{strings.cancel}</Button>
          <Button
            variant="filled"
            data-autofocus
            onClick={() => {
              if (always) sessionStorage.setItem(ALWAYS, 'yes')
              onPaste(text ?? '')
              close()
            }}
          >
            {strings.paste}
          </Button>
        </Group>
      </Modal>
    </div>
  )
}
