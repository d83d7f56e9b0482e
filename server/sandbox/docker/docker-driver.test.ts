import { systemClock } from '../../clock.ts'
import { testHost } from '../../host/test-host.ts'
import { driverSuite } from '../driver-suite.ts'
import { DockerSandboxDriver } from './docker-driver.ts'
import { hostTraces } from './host-traces.ts'

driverSuite('DockerSandboxDriver', async () => {
  const { config, host, docker } = await testHost()
  const driver = new DockerSandboxDriver({
    ...host,
    ...config,
    clock: systemClock,
    log: { info() {}, warn() {} },
  })
  const container = (id: string) => docker.getContainer(`drydock-${config.installation}-${id}`)
  return {
    driver,
    kill: (id) => container(id).kill(),
    leftovers: (id) => hostTraces(docker, id),
  }
})
