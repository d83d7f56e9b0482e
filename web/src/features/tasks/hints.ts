import { useSessionStorage } from '@mantine/hooks'
import type { LabTask } from '../../../../server/contract/lab.ts'

/** The hints that this browser tab has asked for in a session, in order. */
export function useHints(session: string, task: LabTask) {
  const [count, setCount] = useSessionStorage<number>({
    key: `drydock.hints.${session}.${task.id}`,
    defaultValue: 0,
    getInitialValueInEffect: false,
    deserialize: (stored) => Math.max(0, Number(stored) || 0),
  })
  return {
    shown: task.hints.slice(0, count),
    reveal: () => setCount(Math.min(task.hints.length, count + 1)),
  }
}
