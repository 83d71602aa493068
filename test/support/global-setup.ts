import { randomInt } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { databases } from './servers.ts'

/** Starts the servers once for all test files, and stops them at the end. Says what chance is drawn from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const seed = Number(process.env['PLAN_SEED'] || randomInt(1, 2 ** 31))
  project.provide('seed', seed)
  console.log(`PLAN_SEED=${seed}`)
  const { servers, mysqlServers, mongoServers, stop } = await databases()
  project.provide('servers', servers)
  project.provide('mysqlServers', mysqlServers)
  project.provide('mongoServers', mongoServers)
  return stop
}
