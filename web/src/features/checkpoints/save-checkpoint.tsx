import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { problemOf } from '../../api/http.ts'
import { useSaveCheckpoint } from '../../api/sessions.ts'
import { Trouble } from '../../ui/trouble.tsx'
import styles from './checkpoints.module.css'
import { strings } from './strings.ts'

const MAX_NAME = 60

/** Keeps the machine as it is now, under a name. */
export function SaveCheckpoint({ session }: { session: string }) {
  const [name, setName] = useState('')
  const save = useSaveCheckpoint(session)
  return (
    <>
      <form
        className={styles.save}
        onSubmit={(event) => {
          event.preventDefault()
          if (!save.isPending && name.trim() !== '')
            save.mutate(name.trim(), { onSuccess: () => setName('') })
        }}
      >
        <TextInput
          className={styles.field}
          label={strings.name}
          placeholder={strings.placeholder}
          value={name}
          maxLength={MAX_NAME}
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" disabled={name.trim() === ''} aria-busy={save.isPending}>
          {save.isPending ? strings.saving : strings.save}
        </Button>
      </form>
      {save.isError && <Trouble compact problem={problemOf(save.error)} />}
    </>
  )
}
