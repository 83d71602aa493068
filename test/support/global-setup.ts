import type { TestProject } from 'vitest/node'
import { onceARun } from '../lanes/once-a-run.ts'
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

const common = () => onceARun('servers', () => ({ users: 0, started: databases() }))
