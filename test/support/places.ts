import { createDatabase, type Database, describeEachMysql, describeEachPostgres } from './databases.ts'
import { createMysqlDatabase } from './mysql-databases.ts'

/** A database of one test's own, of whichever kind. */
export type Place = AsyncDisposable & Pick<Database, 'name' | 'url' | 'query'>

export const isMysql = ({ url }: { readonly url: string | null }): boolean =>
  /^(mysql|mariadb):/.test(url ?? '')

/** A fresh, empty database with a random name on that server. */
export const createPlace = (server: { readonly url: string | null }): Promise<Place> =>
  isMysql(server) ? createMysqlDatabase(server) : createDatabase(server)

/** Runs the suite on every server of every kind; one that cannot be had is skipped, counted and named. */
export function describeEachServer(name: string, suite: (server: { readonly url: string }) => void): void {
  describeEachPostgres(name, suite)
  describeEachMysql(name, suite)
}
