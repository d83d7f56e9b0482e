import { NativeSelect, Radio, TextInput } from '@mantine/core'
import type { z } from 'zod'
import type { answerField } from '../../../../server/contract/lab.ts'
import type { givenAnswer } from '../../../../server/contract/session.ts'
import { exactTime } from '../../ui/format.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { strings } from './strings.ts'
import styles from './tasks.module.css'

/** Up to so many options are shown at once, more go into a list. */
const MAX_RADIOS = 5
const MAX_ANSWER = 500

interface Props {
  field: z.infer<typeof answerField>
  value: string
  given: z.infer<typeof givenAnswer> | undefined
  disabled: boolean
  onChange(value: string): void
}

/** A question of a task: a closed choice or a line of text. The same answer can be given in the terminal. */
export function AnswerField({ field, value, given, disabled, onChange }: Props) {
  const about = (
    <span title={given && exactTime(given.at)}>
      {given ? strings.tries(given.tries) : <InlineCode text={strings.inTerminal(field.name)} />}
    </span>
  )
  const label = <InlineCode text={field.label} />
  const shared = { label, description: about, disabled, className: styles.answer }
  if (!field.options)
    return (
      <TextInput
        {...shared}
        inputWrapperOrder={['label', 'input', 'description']}
        value={value}
        maxLength={MAX_ANSWER}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  if (field.options.length > MAX_RADIOS)
    return (
      <NativeSelect
        {...shared}
        inputWrapperOrder={['label', 'input', 'description']}
        value={value}
        data={[{ value: '', label: strings.choose, disabled: true }, ...field.options]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  return (
    <Radio.Group
      {...shared}
      inputWrapperOrder={['label', 'input', 'description']}
      value={value}
      onChange={onChange}
    >
      <div className={styles.options}>
        {field.options.map((option) => (
          <Radio key={option.value} value={option.value} label={option.label} disabled={disabled} />
        ))}
      </div>
    </Radio.Group>
  )
}
