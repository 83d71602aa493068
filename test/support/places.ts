import { inject } from 'vitest'
import {
  createDatabase,
  type Database,
  describeEachMysql,
  describeEachPostgres,
  describeOn,
} from './databases.ts'
import { createMysqlDatabase } from './mysql-databases.ts'
import { SOAK } from './seed.ts'

/** A database of one test's own, of whichever kind. */
export type Place = AsyncDisposable & Pick<Database, 'name' | 'url' | 'query'>

export const isMysql = ({ url }: { readonly url: string | null }): boolean =>
  /^(mysql|mariadb):/.test(url ?? '')

/** A fresh, empty database with a random name on that server. */
export const createPlace = (server: { readonly url: string | null }): Promise<Place> =>
  isMysql(server) ? createMysqlDatabase(server) : createDatabase(server)

/**
 * Runs the suite on a server of every kind; one that cannot be had is skipped, counted and named. Versions of PostgreSQL do not
 * differ here: it is on one of them, another one now and then. In a soak on all.
 */
export function describeEachKind(name: string, suite: (server: { readonly url: string }) => void): void {
  const servers = inject('servers')
  const one = servers[inject('seed') % servers.length]
  if (SOAK || !one) describeEachPostgres(name, suite)
  else describeOn(one, name, suite)
  describeEachMysql(name, suite)
}
