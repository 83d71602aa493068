import type { TableRef } from '../../../program/refs.ts'
import type { Blocker } from '../../interface/engine.ts'
import type { Row, Session } from '../../interface/session.ts'
import { permitted } from '../connect/permitted.ts'
import type { Server } from '../connect/session.ts'
import { type Process, processes } from './processes.ts'

/** A lock that a session holds: on one of the tables, or on all of them. */
type Lock = { readonly id: number; readonly mode: string; readonly everywhere: boolean }

/**
 * Sessions that make a change of these tables wait, the oldest first. Where this user cannot see metadata locks, every
 * session with an open transaction; where those are hidden, too, none.
 */
export async function blockers(
  session: Session,
  dialect: Server['dialect'],
  tables: readonly TableRef[],
): Promise<readonly Blocker[]> {
  if (tables.length === 0) return []
  const locks = await readLocks(session, dialect, tables)
  const known = await processes(session)
  const found = locks ? holders(locks, known) : transactions(known)
  return found.filter(({ pid }) => pid !== session.backend.pid).sort((a, b) => b.age - a.age || a.pid - b.pid)
}

/** The session that holds the GET_LOCK lock of this name. */
export async function holderOf(session: Session, lockName: string): Promise<Blocker | null> {
  const { rows } = await session.query('SELECT IS_USED_LOCK(?) AS id', [lockName])
  const id = rows[0]?.['id'] ?? null
  if (id === null) return null
  return blocker(Number(id), (await processes(session)).get(Number(id)), 'the plan')
}

/** Without PROCESS another user's connection is hidden, and only its id is known. */
const blocker = (pid: number, process: Process | undefined, holds: string): Blocker => ({
  pid,
  application: process?.application ?? '',
  user: process?.user ?? '',
  state: process?.state ?? '',
  holds,
  // LOCK TABLES opens no transaction; it is at least as old as the last statement.
  age: process?.transaction ?? process?.idle ?? 0,
})

const transactions = (known: ReadonlyMap<number, Process>): Blocker[] =>
  [...known.values()]
    .filter(({ transaction }) => transaction !== null)
    .map((owner) =>
      blocker(owner.id, owner, 'an open transaction; which tables it holds this server does not say'),
    )

function holders(locks: readonly Lock[], known: ReadonlyMap<number, Process>): Blocker[] {
  const ids = [...new Set(locks.map(({ id }) => id))]
  return ids.flatMap((id) => {
    const held = locks.filter((lock) => lock.id === id)
    const owner = known.get(id)
    if (queued(held, owner)) return []
    const modes = held.map(({ mode, everywhere }) => (everywhere ? `the whole server (${mode})` : mode))
    return [blocker(id, owner, [...new Set(modes)].sort().join(', '))]
  })
}

/**
 * Locks that DDL holds while it waits for more: CREATE TRIGGER the second one, ALTER and CREATE INDEX the first. Measured
 * on both servers.
 */
const UPGRADABLE: ReadonlySet<string> = new Set(['SHARED_UPGRADABLE', 'SHARED_NO_WRITE'])

/** A session that waits as we do and blocks only changes of the table: it need not be ended. */
const queued = (held: readonly Lock[], process: Process | undefined): boolean =>
  /^Waiting for .*lock/i.test(process?.state ?? '') && held.every(({ mode }) => UPGRADABLE.has(mode))

/** Whether the server shows this user who holds which table. */
export const showsLocks = async (session: Session, dialect: Server['dialect']): Promise<boolean> =>
  (await readLocks(session, dialect, [{ schema: '', name: '' }])) !== null

/** Null where the server does not show them. */
async function readLocks(
  session: Session,
  dialect: Server['dialect'],
  tables: readonly TableRef[],
): Promise<readonly Lock[] | null> {
  const plugin = dialect === 'mariadb' ? await permitted(session, PLUGIN(tables), names(tables)) : null
  if (plugin) return plugin.map(lock)
  const counted = await permitted(session, COUNTED)
  // Both servers keep these tables when nothing is recorded; they are empty then.
  if (Number(counted?.[0]?.['counted'] ?? 0) === 0) return null
  return (await permitted(session, LOCKS(tables), names(tables)))?.map(lock) ?? null
}

const lock = (row: Row): Lock => ({
  id: Number(row['id']),
  mode: String(row['mode']).replace(/^MDL_/, ''),
  everywhere: Number(row['everywhere']) === 1,
})

const names = (tables: readonly TableRef[]): string[] => tables.flatMap(({ schema, name }) => [schema, name])

const places = (tables: readonly TableRef[]): string => tables.map(() => '(?, ?)').join(', ')

/** MariaDB leaves this off even with performance_schema on. In MySQL both are on. */
const COUNTED = `SELECT COUNT(*) AS counted FROM performance_schema.setup_instruments
  WHERE name = 'wait/lock/metadata/sql/mdl' AND enabled = 'YES' AND @@global.performance_schema = 1`

/** FLUSH TABLES WITH READ LOCK and backups. Every statement that writes holds an INTENTION_EXCLUSIVE there. */
const EVERYWHERE = {
  mysql: `(ml.object_type IN ('GLOBAL', 'BACKUP LOCK') AND ml.lock_type = 'SHARED')`,
  mariadb: `ml.lock_type REGEXP '^BACKUP_(FTWRL|WAIT)'`,
}

const LOCKS = (tables: readonly TableRef[]): string => `
  SELECT DISTINCT t.processlist_id AS id, ml.lock_type AS mode, ml.object_type <> 'TABLE' AS everywhere
  FROM performance_schema.metadata_locks ml JOIN performance_schema.threads t ON t.thread_id = ml.owner_thread_id
  WHERE ml.lock_status = 'GRANTED' AND t.processlist_id IS NOT NULL AND
    ((ml.object_type = 'TABLE' AND (ml.object_schema, ml.object_name) IN (${places(tables)}))
      OR ${EVERYWHERE.mysql} OR ${EVERYWHERE.mariadb})`

/** Its rows are granted locks only, not those that a session waits for. */
const PLUGIN = (tables: readonly TableRef[]): string => `
  SELECT DISTINCT thread_id AS id, lock_mode AS mode, lock_type <> 'Table metadata lock' AS everywhere
  FROM information_schema.METADATA_LOCK_INFO
  WHERE (lock_type = 'Table metadata lock' AND (table_schema, table_name) IN (${places(tables)}))
    OR lock_mode REGEXP '^MDL_BACKUP_(FTWRL|WAIT)'`
