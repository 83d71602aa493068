import type { LocalServer } from '../../test/support/server.ts'
import type { Waits } from '../waits.ts'
import { connected } from './database.ts'

const WAITING = `SELECT 1000 * extract(epoch FROM clock_timestamp() - w.waitstart) AS waited FROM pg_locks w
  WHERE NOT w.granted AND w.pid IN (SELECT pid FROM pg_stat_activity WHERE application_name = 'the application')
    AND EXISTS (SELECT 1 FROM pg_stat_activity o WHERE o.pid = ANY (pg_blocking_pids(w.pid)) AND o.application_name LIKE 'plan %')`

export const waiting = (server: LocalServer, number: number): Waits => ({
  place: { dialect: 'postgres', number },
  lockTimeout: 200,
  waiting: () => [WAITING],
  empty: async (name) => {
    await connected(server.url(), async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name}`)
      await client.query(`CREATE DATABASE ${name}`)
    })
    return server.url(name)
  },
})
