import type { TableRef } from '../../../program/refs.ts'
import { formatDuration } from '../../../text/duration.ts'
import { bytesText } from '../../../text/words.ts'
import { lasting, warning } from '../../checks.ts'
import type { Check } from '../../interface/check.ts'
import type { Row, Session } from '../../interface/session.ts'
import { quoteTable } from '../language/quote.ts'

/** An older transaction makes index builds wait, seconds. */
const LONG_TRANSACTION = 300

/** Settings and other sessions that would stop or weaken a run. `workers`: the sessions that a backfill needs. */
export async function checkServer(
  session: Session,
  tables: readonly TableRef[],
  workers: number,
): Promise<Check[]> {
  const { rows } = await session.query(SERVER, [tables.map(quoteTable)])
  const server = rows[0] ?? {}
  return [
    runnersCheck(server),
    transactionsCheck(server),
    ...preparedChecks(server),
    ...durabilityChecks(server),
    ...standbyChecks(server),
    ...slotChecks(server),
    ...vacuumChecks(server),
    connectionsCheck(server, workers),
  ]
}

const runnersCheck = (server: Row): Check =>
  warning(
    'dead runners',
    server['interval'] !== '0',
    server['interval'] !== '0'
      ? 'the server notices a dead runner at once'
      : 'client_connection_check_interval cannot be set here: a killed runner’s statement goes on until it ends',
    'set tcp_keepalives_idle = 60 at the server; the next plan advance ends what is left of that runner, plan unlock does so by hand',
  )

const transactionsCheck = (server: Row): Check =>
  warning(
    'long transactions',
    Number(server['oldest']) < LONG_TRANSACTION,
    `the oldest transaction is ${age(server['oldest'])} old`,
    'index builds wait for it, and vacuum keeps what a backfill replaces; end it or wait before enforce',
  )

/** Prepared transactions belong to no session and hold their locks until somebody ends them. */
function preparedChecks(server: Row): Check[] {
  const holds = server['prepared_locks'] === true
  if (server['prepared'] === null) return []
  return [
    warning(
      'prepared transactions',
      !holds && Number(server['prepared_age']) < LONG_TRANSACTION,
      `a transaction was prepared ${age(server['prepared_age'])} ago and is still open${holds ? '; it holds a table of the plan' : ''}`,
      `end it by hand with COMMIT PREPARED or ROLLBACK PREPARED and its gid from pg_prepared_xacts (transaction ${server['prepared']})`,
    ),
  ]
}

/** A batch and its ledger row are lost or kept together in either case. */
function durabilityChecks(server: Row): Check[] {
  const off = ['fsync', 'full_page_writes', 'synchronous_commit'].filter((name) => server[name] === 'off')
  const breaks = server['fsync'] === 'off' || server['full_page_writes'] === 'off'
  return [
    lasting(
      warning(
        'durability',
        off.length === 0,
        off.length === 0
          ? 'what is committed survives a crash'
          : `${off.join(', ')} off: a crash ${breaks ? 'may damage the database and its ledger' : 'may lose the last moments, a confirmation among them'}`,
        breaks
          ? 'ALTER SYSTEM RESET fsync; ALTER SYSTEM RESET full_page_writes, unless the data may be lost'
          : 'ALTER SYSTEM RESET synchronous_commit (or ALTER ROLE CURRENT_USER RESET synchronous_commit); after a crash look at plan status before going on',
      ),
    ),
  ]
}

/** Commits hang until as many standbys have them as the setting demands. Only a user who may see all sessions can tell. */
function standbyChecks(server: Row): Check[] {
  const names = String(server['standby_names'] ?? '')
  const waits = !['off', 'local'].includes(String(server['synchronous_commit']))
  if (names === '' || !waits || server['sees'] !== true) return []
  const wanted = Number(/^\s*(?:(?:FIRST|ANY)\s+)?(\d+)\s*\(/i.exec(names)?.[1] ?? 1)
  const there = Number(server['synchronous'])
  return [
    warning(
      'synchronous standbys',
      there >= wanted,
      `${there} of ${wanted} standbys that every commit waits for ${there === 1 ? 'is' : 'are'} there`,
      'commits hang until one is back: bring it back, or take it out of synchronous_standby_names and reload',
    ),
  ]
}

/** Slots that nobody reads: the server keeps all WAL for them. */
function slotChecks(server: Row): Check[] {
  if (server['slots'] === null) return []
  return [
    lasting(
      warning(
        'replication slots',
        false,
        `nobody reads from the replication slots ${server['slots']}, and max_slot_wal_keep_size sets no bound: ${bytesText(Number(server['kept']))} of WAL are kept, and all that a backfill writes`,
        'SELECT pg_drop_replication_slot(…) if its reader is gone for good, or ALTER SYSTEM SET max_slot_wal_keep_size to what the disk can take',
      ),
    ),
  ]
}

function vacuumChecks(server: Row): Check[] {
  if (server['autovacuum'] === true) return []
  return [
    lasting(
      warning(
        'autovacuum',
        false,
        'autovacuum is off: the rows that a backfill replaces stay, and tables double',
        'ALTER SYSTEM RESET autovacuum; ALTER SYSTEM RESET track_counts and reload, or VACUUM the tables while the backfill runs',
      ),
    ),
  ]
}

/** A backfill needs one session for each worker, and one more to cancel a statement. */
function connectionsCheck(server: Row, workers: number): Check {
  const places = [
    ['the server', 'max_connections', server['server_left']],
    ['the database', 'CONNECTION LIMIT of the database', server['database_left']],
    ['this user', 'CONNECTION LIMIT of this user', server['role_left']],
  ] as const
  const [first = places[0]] = places
    .filter(([, , left]) => typeof left === 'string')
    .toSorted(([, , a], [, , b]) => Number(a) - Number(b))
  const left = Math.max(0, Number(first[2]))
  return warning(
    'connections',
    left >= workers,
    `${first[0]} has room for ${left} more connections${left >= workers ? '' : `, and ${workers} of ${workers + 1} are still to come`}`,
    `fewer backfill.workers, or raise ${first[1]}`,
  )
}

const age = (seconds: unknown): string => formatDuration(Math.round(Number(seconds)) * 1000)

const SERVER = `SELECT coalesce(current_setting('client_connection_check_interval', true), '0') AS interval,
  (SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0)::float FROM pg_catalog.pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend') AS oldest,
  p.transaction::text AS prepared, p.age AS prepared_age, p.locks AS prepared_locks,
  current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes, current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('synchronous_standby_names') AS standby_names, pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS sees,
  (SELECT count(*)::int FROM pg_catalog.pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) AS synchronous,
  s.slots, s.kept::text AS kept,
  current_setting('autovacuum')::boolean AND current_setting('track_counts')::boolean AS autovacuum,
  (current_setting('max_connections')::int - CASE WHEN r.rolsuper THEN 0 ELSE current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0) END
    - (SELECT sum(numbackends) FROM pg_catalog.pg_stat_database))::text AS server_left,
  CASE WHEN d.datconnlimit >= 0 AND NOT r.rolsuper THEN (d.datconnlimit - (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datid = d.oid))::text END AS database_left,
  CASE WHEN r.rolconnlimit >= 0 AND NOT r.rolsuper THEN (r.rolconnlimit - (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usesysid = r.oid))::text END AS role_left
  FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.rolname = session_user
  LEFT JOIN LATERAL (SELECT x.transaction, extract(epoch FROM now() - x.prepared)::float AS age,
      EXISTS (SELECT FROM pg_catalog.pg_locks own JOIN pg_catalog.pg_locks l ON l.virtualtransaction = own.virtualtransaction
        WHERE own.transactionid = x.transaction AND own.pid IS NULL AND l.pid IS NULL AND l.relation IN (SELECT to_regclass(name)::oid FROM unnest($1::text[]) AS name)) AS locks
    FROM pg_catalog.pg_prepared_xacts x WHERE x.database = current_database() ORDER BY locks DESC, x.prepared LIMIT 1) p ON true
  LEFT JOIN LATERAL (SELECT pg_catalog.string_agg(slot_name::text, ', ') AS slots,
      max(CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn) END) AS kept
    FROM pg_catalog.pg_replication_slots WHERE NOT active AND restart_lsn IS NOT NULL AND current_setting('max_slot_wal_keep_size') = '-1') s ON true
  WHERE d.datname = current_database()`
