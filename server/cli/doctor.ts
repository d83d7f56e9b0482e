import { loadConfig } from '../config.ts'
import { examine } from '../host/doctor/examine.ts'
import type { Finding } from '../host/doctor/finding.ts'
import type { Command } from './command.ts'
import { lookAtStore } from './look-at-store.ts'

/** Says of each thing that Drydock needs whether it is so, and how to mend what is not; changes nothing. Exit code 1 when something fails. */
export const doctor: Command = async ({ args, print }) => {
  if (args.some((arg) => arg !== '--json')) {
    console.error('usage: doctor [--json]')
    return 2
  }
  const config = loadConfig()
  const findings = [...(await examine(config)), ...(await lookAtStore(config))]
  if (args.includes('--json')) print(JSON.stringify({ findings }, undefined, 2))
  else for (const line of lines(findings)) print(line)
  return findings.some(({ state }) => state === 'fail') ? 1 : 0
}

function lines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ name }) => name.length))
  return findings.flatMap(({ name, state, seen, mend }) => [
    `${state.padEnd(4)}  ${name.padEnd(width)}  ${seen}`,
    ...(mend ? [`      ${' '.repeat(width)}  ${mend}`] : []),
  ])
}
