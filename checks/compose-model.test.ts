import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeAgain } from './testing/check-twice.ts'
import { SandboxMachine } from './testing/sandbox-machine.ts'

let machine: SandboxMachine
beforeAll(async () => {
  machine = await SandboxMachine.start('model')
  await machine.sh(`
    mkdir -p shop/src && cd shop && echo MODE=dev > .env
    cat > compose.yaml <<'END'
services:
  web:
    image: busybox:1
    command: sleep 600
    environment: { MODE: "\${MODE}" }
    ports: ["8090:80"]
    volumes: ["./src:/src:ro"]
    deploy: { resources: { limits: { memory: 64M } } }
  db:
    image: busybox:1
    command: sleep 600
END
    cat > prod.yaml <<'END'
services:
  web: { ports: ["8091:80"] }
END
    docker compose up -d`)
})
afterAll(() => machine[Symbol.asyncDispose]())

const some = [{ path: 'name', eq: 'shop' }]
const model = (params: object) =>
  machine.check('compose_model', { folder: '/home/student/shop', expect: some, ...params })

test('the model is what compose makes of files, variables and overrides', async () => {
  const asked = {
    folder: '/home/student/shop',
    expect: [
      { path: 'services', keys: ['web', 'db'] },
      { path: 'name', eq: 'shop' },
      { path: 'services.web.environment.MODE', eq: 'dev' },
      { path: 'services.web.volumes.0.source', eq: '/home/student/shop/src' },
      { path: 'services.db.ports', empty: true },
    ],
  }
  const run = await machine.ask('compose_model', asked)
  expect(run.verdict).toMatchObject({ code: 'passed' })
  const other = [...asked.expect.slice(0, 4), { path: 'services.db.ports', matches: '80' }]
  expect(codeAgain(run, 'compose_model', asked, { ...asked, expect: other })).toBe('model-mismatch')
  const prod = { files: ['compose.yaml', 'prod.yaml'], env: { MODE: 'prod' } }
  const ports = { path: 'services.web.ports.1.published', eq: '8091' }
  const mode = { path: 'services.web.environment.MODE', eq: 'dev' }
  expect(await model({ ...prod, expect: [ports, mode] })).toMatchObject({
    code: 'model-mismatch',
    message: 'Compose reads services.web.environment.MODE as prod; expected dev.',
  })
})

test('files that are none, or not there, are told with the words of compose', async () => {
  const edits = [{ file: 'compose.yaml', content: 'services: { web: { imagee: x } }\n' }]
  expect(await model({ edits })).toMatchObject({
    code: 'compose-invalid',
    message: expect.stringContaining('imagee'),
  })
  expect((await model({ files: ['nothing.yaml'] })).code).toBe('compose-invalid')
  expect((await machine.check('compose_model', { folder: '/home/student/nothing', expect: some })).code).toBe(
    'folder-missing',
  )
})

test('a container can be named by its service', async () => {
  const service = (name: string, project = 'shop') => ({ service: { project, service: name } })
  const field = async (params: object) =>
    (await machine.check('field', { path: 'HostConfig.Memory', eq: 64 << 20, ...params })).code
  expect(await field(service('web'))).toBe('passed')
  expect(await field(service('db'))).toBe('field-mismatch')
  expect(await field(service('cache'))).toBe('object-missing')
  await machine.sh('docker run -d --name hand --label com.docker.compose.project=hand busybox:1 sleep 600')
  expect(await field(service('web', 'hand'))).toBe('project-missing')
})
