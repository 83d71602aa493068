import type { TestProject } from 'vitest/node'
import { databases } from './servers.ts'

/** Starts the servers once for all projects of a run that ask for them; the last one stops them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = common()
  shared.users++
  const { servers, mysqlServers, mongoServers, stop } = await shared.started
  project.provide('servers', servers)
  project.provide('mysqlServers', mysqlServers)
  project.provide('mongoServers', mongoServers)
  return async () => {
    shared.users--
    if (shared.users === 0) await stop()
  }
}

type Common = { users: number; readonly started: ReturnType<typeof databases> }

/** Each project loads its own copy of this file. */
const common = (): Common => {
  const all = globalThis as { planServers?: Common }
  all.planServers ??= { users: 0, started: databases() }
  return all.planServers
}
