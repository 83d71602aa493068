import type { TestProject } from 'vitest/node'
import { databases } from './servers.ts'

/** Starts the servers once for all test files, and stops them at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { servers, mysqlServers, mongoServers, stop } = await databases()
  project.provide('servers', servers)
  project.provide('mysqlServers', mysqlServers)
  project.provide('mongoServers', mongoServers)
  return stop
}
