import { existsSync } from 'node:fs'
import type { GenericContainer } from 'testcontainers'

/** A server for all tests, wherever it runs. */
export type Started = { readonly url: string; stop(): Promise<void> }

export async function inDocker(
  name: string,
  port: number,
  url: string,
  settings: (image: GenericContainer) => GenericContainer,
): Promise<Started> {
  if (!process.env['DOCKER_HOST'] && !existsSync('/var/run/docker.sock')) throw new Error('no Docker')
  const { GenericContainer, Wait } = await import('testcontainers')
  // The images start the server once to initialise it, and then for good: twice the same of PostgreSQL, of the
  // others first without a port. MongoDB's has nothing to initialise.
  const ready = {
    5432: Wait.forLogMessage(/ready to accept connections/, 2),
    27017: Wait.forLogMessage(/Waiting for connections/),
  }
  const image = settings(new GenericContainer(name))
    .withExposedPorts(port)
    .withWaitStrategy(ready[port as keyof typeof ready] ?? Wait.forLogMessage(new RegExp(`port: ${port}\\b`)))
  const container = await image.start()
  const address = `${container.getHost()}:${container.getMappedPort(port)}`
  return { url: url.replace('ADDRESS', address), stop: async () => void (await container.stop()) }
}
