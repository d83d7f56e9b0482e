import type { BrokenLab } from '../../../server/contract/lab.ts'
import { InlineCode } from './inline-code.tsx'
import { Plain } from './plain.tsx'

type Problem = BrokenLab['problems'][number]

/** What is wrong in a lab's file, with its place. */
export function LabProblem({ problem }: { problem: Problem }) {
  return (
    <>
      <code>
        <Plain text={placeOf(problem)} />
      </code>{' '}
      {problem.field && (
        <b className="mono">
          <Plain text={problem.field} />
        </b>
      )}{' '}
      <InlineCode text={problem.message} />
    </>
  )
}

/** `lab.yaml:12:5`, as editors take it. */
const placeOf = ({ file, line, column }: Problem): string =>
  [file, line, column].filter((part) => part !== undefined).join(':')
