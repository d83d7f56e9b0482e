import { expect, test } from 'vitest'
import { fromFault } from './from-lines.ts'

const images = { BASE: 'base', BUSYBOX: 'lab-busybox' }
const called = new Map([['busybox:1', 'BUSYBOX']])
const faultOf = (...lines: string[]) => fromFault(lines.join('\n'), images, called)

test('a FROM stands on an image of a folder, a stage, nothing at all, or what its argument has as default', () => {
  expect(faultOf('ARG BUSYBOX', 'FROM $BUSYBOX AS one', 'FROM one', 'FROM scratch')).toBeUndefined()
  expect(
    faultOf('ARG BASE', 'ARG OTHER=debian:13', `FROM --platform=linux/amd64 \${BASE}`, 'FROM $OTHER'),
  ).toBe(undefined)
  expect(faultOf('FROM alpine:3')).toBeUndefined()
})

test('a FROM that stands on nothing is named with its line and what was meant', () => {
  expect(faultOf('# a', 'ARG BUSYBOKS', 'FROM $BUSYBOKS')).toEqual({
    line: 3,
    message: 'FROM $BUSYBOKS: no image folder has this argument; there are BASE, BUSYBOX',
  })
  expect(faultOf(`FROM \${BUSYBOX}`, 'ARG BUSYBOX')).toEqual({
    line: 1,
    message: `FROM \${BUSYBOX}: there is no line ARG BUSYBOX before it`,
  })
  expect(faultOf('ARG BASE', 'FROM $BASE', 'from busybox:1 as two')).toEqual({
    line: 3,
    message:
      'FROM busybox:1 would be looked for in a registry: declare ARG BUSYBOX, then write FROM $BUSYBOX',
  })
})
