import { parseArgs } from 'node:util'
import { makeOrdinaryBase, ORDINARY_BASE } from '../host/images/ordinary-base.ts'
import { lineReport } from '../host/report.ts'
import type { Command } from './command.ts'

const OPTIONS = { socket: { type: 'string', default: '/var/run/docker.sock' } } as const

/** Makes the image on which `docker compose` builds Drydock, for a machine that reaches no image registry. */
export const baseImage: Command = async ({ args, signal, print }) => {
  const { socket } = parseArgs({ args: [...args], options: OPTIONS }).values
  await lineReport(print).step('base image', (step) => makeOrdinaryBase(socket, step, signal))
  print(`Put DRYDOCK_BASE=${ORDINARY_BASE} into .env, then: docker compose up -d --wait`)
  return 0
}
