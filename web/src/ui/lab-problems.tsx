import type { LabProblem } from '../../../server/contract/lab.ts'
import { InlineCode } from './inline-code.tsx'
import { Plain } from './plain.tsx'

/** What is wrong in a lab's files, each with its place. */
export function LabProblems({
  problems,
  className,
}: {
  problems: readonly LabProblem[]
  className?: string
}) {
  return (
    <ul className={className}>
      {problems.map((problem, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: problems of one lab have no other identity
        <li key={at}>
          <code>
            <Plain text={placeOf(problem)} />
          </code>{' '}
          {problem.field && (
            <b className="mono">
              <Plain text={problem.field} />
            </b>
          )}{' '}
          <InlineCode text={problem.message} />
        </li>
      ))}
    </ul>
  )
}

/** `lab.yaml:12:5`, as editors take it. */
const placeOf = ({ file, line, column }: LabProblem): string =>
  [file, line, column].filter((part) => part !== undefined).join(':')
