import * as additions from '../lives/cases/additions.ts'
import { constraintsOnPostgres } from '../lives/cases/constraints.ts'
import { richNumbers, richText } from '../lives/cases/rich.ts'
import { rulesOnPostgres } from '../lives/cases/rules.ts'
import { splitName } from '../lives/cases/splits.ts'
import { zoned } from '../lives/cases/stored.ts'
import { wordsAdded } from '../lives/cases/words.ts'
import { catalogueDump } from './catalogue.ts'
import type { Place, Subject } from './conformance.ts'
import { sealed } from './conformance-changes.ts'
import { authored, calls, computes, goes, kept, keyed, numbers, retypes } from './conformance-further.ts'
import { postgresKeys } from './conformance-keys-postgres.ts'
import { createDatabase, type Server } from './databases.ts'
import { together } from './lives.ts'
import { other } from './sessions.ts'

export const postgresSubject = (server: Server): Subject => ({
  name: server.name,
  create: () => place(server),
  long: 'SELECT pg_catalog.pg_sleep(30)',
  rest: 'SELECT pg_catalog.pg_sleep(1)',
  lockLimit: `SELECT current_setting('lock_timeout') AS wait`,
  elsewhere: `SET TIME ZONE '+05:45'`,
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  keepsNul: false,
  showsLocks: true,
  alter: /^ALTER TABLE /,
  programs: [
    richText,
    together('numbers and references', richNumbers),
    ...Object.values(additions),
    splitName,
    sealed,
    rulesOnPostgres,
    constraintsOnPostgres,
    goes,
    kept(['CREATE SCHEMA plan']),
    calls,
    retypes,
    zoned,
    wordsAdded,
    keyed('jsonb'),
    numbers,
    authored("'public'"),
    ...(server.number >= 180000 ? [computes] : []),
  ],
  // Before 18 a column is computed only when its row is written, which would write the whole table anew.
  outdated: server.number >= 180000 ? ['finish_not_null'] : ['add_generated'],
  traces: {},
  hostile: (database) =>
    [
      `datestyle = 'SQL, DMY'`,
      `intervalstyle = 'iso_8601'`,
      'extra_float_digits = -15',
      `bytea_output = 'escape'`,
      `timezone = 'Asia/Kathmandu'`,
    ].map((setting) => `ALTER DATABASE ${database} SET ${setting}`),
  ...postgresKeys,
})

async function place(server: Server): Promise<Place> {
  const database = await createDatabase(server)
  const { client, url, query } = database
  const activity = async (pid: number, condition: string) =>
    (await query(`SELECT FROM pg_stat_activity WHERE pid = $1 AND ${condition}`, [pid])).length > 0
  return {
    url,
    schema: 'public',
    query,
    client: (sql) => other(database, sql),
    waits: (pid) => activity(pid, `wait_event_type = 'Lock'`),
    works: (pid) => activity(pid, `state = 'active' AND wait_event = 'PgSleep'`),
    terminate: (pid) => query('SELECT pg_terminate_backend($1)', [pid]),
    dump: () => catalogueDump(client),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
