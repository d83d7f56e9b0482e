import { z } from 'zod'
import { BUILD, type BuildRun, flagFiles, readBuild, TIMED_OUT } from './build-run.ts'
import { type Check, type CheckContext, CheckFault } from './check.ts'
import { judgeRan, keep, type Ran, ranCodes } from './expectation.ts'
import {
  cliImage,
  copyCodes,
  edits,
  fileBelow,
  folder,
  inCopy,
  judgeCopy,
  type Uncopied,
} from './folder-copy.ts'
import { notYet, passed } from './outcome.ts'
import { type Build, judgeLayers, judgeSteps, judgeTime, rebuildExpectation } from './rebuild-judge.ts'
import type { Evidence, Outcome } from './verdict.ts'

const buildArgs = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an ARG'), z.string().max(1000))
  .default({})

const params = z.strictObject({
  folder,
  dockerfile: fileBelow.default('Dockerfile').describe('Which Dockerfile, below the folder'),
  target: z.string().min(1).max(100).optional().describe('The stage to build; the last without'),
  args: buildArgs.describe('Build arguments of both builds'),
  edits,
  edited_args: buildArgs.describe('Build arguments of the second build that differ'),
  expect: rebuildExpectation.prefault({}).describe('What the second build must be like'),
  image: cliImage,
})
type Params = z.infer<typeof params>

interface Gathered {
  uncopied: Uncopied | null
  /** Of the folder as it is; null when there is no copy. */
  first: Build | null
  /** After the edits; null when the first failed. */
  second: Build | null
  /** Without any cache, in milliseconds; null when it was not asked for. */
  coldMs: number | null
  ran: Ran | null
}

/** Layers bear times in whole seconds: what is run again within the same second could come out equal. */
const NEXT_SECOND = 'sleep 1.1'

export const rebuildProbe: Check<Params, Gathered> = {
  name: 'rebuild_probe',
  about: 'Builds a copy of a folder, edits the copy, builds it again, and compares the two.',
  example: {
    says: 'When only a source file changes, the layer with the packages is kept.',
    with: {
      folder: '/home/student/shop',
      edits: [{ file: 'app.py', append: '# changed\n' }],
      expect: { cached: 'pip install' },
    },
  },
  params,
  codes: {
    ...copyCodes,
    'build-failed': 'The folder cannot be built.',
    'build-slow': 'The second build took too long.',
    'build-succeeded': 'The second build had to fail and did not.',
    'cache-busted': 'More was built again than the edits ask for.',
    'deps-stale': 'Something was not built again although the edits ask for it.',
    'step-missing': 'No step is like the one that is asked about.',
    ...ranCodes,
  },

  async gather(context, given) {
    const nothing = { uncopied: null, first: null, second: null, coldMs: null, ran: null }
    await using builds = await context.engine.startBuilds()
    const cold = given.expect.max_share !== undefined
    const flags = (args: Record<string, string>, ...more: string[]) => [
      `--file=${given.dockerfile}`,
      ...(given.target === undefined ? [] : [`--target=${given.target}`]),
      ...Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`),
      ...more,
    ]
    const script = `${BUILD}
${cold ? 'build cold' : ''}
build first
[ -s /drydock/first.id ] || exit 0
${NEXT_SECOND}
apply
build second`
    const lines = await inCopy(context, {
      ...given,
      script,
      mark: builds.mark,
      engine: true,
      files: flagFiles({
        cold: flags(given.args, '--no-cache'),
        first: flags(given.args),
        second: flags({ ...given.args, ...given.edited_args }),
      }),
      timeoutMs: 50_000,
    })
    if (!Array.isArray(lines)) return { ...nothing, uncopied: lines }
    const first = await withLayers(context, readBuild(lines, 'first'))
    if (first.exitCode !== 0) return { ...nothing, first }
    const second = await withLayers(context, readBuild(lines, 'second'))
    const { run } = given.expect
    const ran =
      run && second.image !== null
        ? keep(
            await context.engine.runProbe({
              image: second.image,
              entrypoint: null,
              cmd: run.args ?? null,
              timeoutMs: run.timeout_ms,
            }),
          )
        : null
    return { uncopied: null, first, second, coldMs: cold ? readBuild(lines, 'cold').ms : null, ran }
  },

  judge({ uncopied, first, second, coldMs, ran }, given) {
    if (uncopied !== null) return judgeCopy(uncopied, given.folder)
    if (!first || !second) return failed(first, 'a build that ends well', given)
    const { expect } = given
    const evidence: Evidence[] = []
    if (expect.fails) {
      if (second.exitCode !== 0)
        return passed(`The changed copy of ${given.folder} cannot be built.`, [
          ended(second, 'a build that fails', given),
        ])
      return notYet('build-succeeded', `The changed copy of ${given.folder} can still be built.`, [
        ended(second, 'a build that fails', given),
      ])
    }
    if (second.exitCode !== 0) return failed(second, 'a second build that ends well', given)
    evidence.push(ended(second, 'a build that ends well', given))
    for (const part of [
      judgeLayers(first, second, given),
      judgeSteps(second, given),
      judgeTime(second, coldMs, given),
    ]) {
      if ('status' in part) return part
      evidence.push(...part)
    }
    if (expect.run && ran) {
      const outcome = judgeRan(
        ran,
        expect.run,
        `docker run (a build of ${given.folder})`,
        `run of the second build of ${given.folder}`,
      )
      if (outcome.status !== 'passed') return outcome
      evidence.push(...outcome.evidence)
    }
    return passed(`${given.folder} is built as it should be.`, evidence)
  },

  /** Who asks for more than the cold build has other evidence. */
  asks: ({ expect, ...asked }) => {
    const { timeout_ms, args } = expect.run ?? {}
    return { ...asked, cold: expect.max_share !== undefined, run: expect.run && { timeout_ms, args } }
  },

  timed: ({ expect }) => expect.max_ms !== undefined || expect.max_share !== undefined,

  /** A build itself makes no event: only its tag does. */
  affectedBy(event) {
    return event.type === 'image' && event.action === 'tag'
  },
}

async function withLayers(context: CheckContext, build: BuildRun): Promise<Build> {
  if (build.image === null) return { ...build, layers: [] }
  const image = await context.engine.image(build.image)
  if (!image) throw new CheckFault('probe-failed', 'An image of the check vanished.')
  return { ...build, layers: image.RootFS.Layers ?? [] }
}

function ended(build: BuildRun, expected: string, given: Params): Evidence {
  const how = build.exitCode === TIMED_OUT ? 'ended for taking too long' : `exit code ${build.exitCode}`
  const last = build.said.findLast((line) => line.trim() !== '')
  return {
    expected,
    observed: build.exitCode === 0 ? 'a build that ends well' : `${how}${last ? `: ${last}` : ''}`,
    source: `build of ${given.folder}`,
  }
}

function failed(build: BuildRun | null, expected: string, given: Params): Outcome {
  if (!build) return notYet('build-failed', `${given.folder} cannot be built.`)
  return notYet('build-failed', `A copy of ${given.folder} cannot be built.`, [
    ended(build, expected, given),
    ...build.said
      .filter((line) => line.trimStart().startsWith('> ['))
      .slice(0, 1)
      .map((line) => ({
        expected: 'a step that ends well',
        observed: line,
        source: `build of ${given.folder}`,
      })),
  ])
}
