import type { TableRef } from '../../../program/refs.ts'
import { check, coded, lasting, warning } from '../../checks.ts'
import { clockCheck } from '../../clock.ts'
import type { Check } from '../../interface/check.ts'
import type { Session } from '../../interface/session.ts'
import { now } from '../connect/clock.ts'
import { permitted } from '../connect/permitted.ts'
import type { Server } from '../connect/session.ts'
import { grantee, readPrivileges } from '../inspect/privileges.ts'
import { showsLocks } from '../observe/blockers.ts'
import { OLDEST } from '../traits.ts'
import { definers } from './definers.ts'
import { checkLedger } from './ledger.ts'
import { checkRights } from './rights.ts'
import { checkServer } from './server.ts'
import { checkTables, type Known } from './tables.ts'

/** SHOW and information_schema wait while another session holds a table exclusively, milliseconds. */
const LOCK_TIMEOUT = 10_000

/**
 * Everything that would stop or weaken a run, found before it starts. It only reads. `workers`: the sessions that a
 * backfill takes.
 */
export async function preflight(
  session: Session,
  dialect: Server['dialect'],
  tables: readonly TableRef[],
  ledger: string,
  workers = 1,
): Promise<readonly Check[]> {
  return session.transaction({ lockTimeout: LOCK_TIMEOUT }, async () => {
    const server = await readServer(session, dialect)
    const versions = versionChecks(server)
    // A server that is too old may not even know the queries below.
    if (versions.some(({ outcome }) => outcome === 'failed')) return versions
    const toPublic = dialect === 'mariadb' && server.version >= 101100
    const known: Facts & Known = { ...server, privileges: await readPrivileges(session, toPublic) }
    return [
      ...versions,
      ...primaryChecks(server, await isReplica(session, dialect)),
      coded(
        'PLAN_CONNECT',
        check(
          'direct connection',
          server.connections.every((id) => id === session.backend.pid),
          server.connections.every((id) => id === session.backend.pid)
            ? 'one session stays one session'
            : 'a proxy stands between that shares sessions, or numbers them itself',
          'settings, locks and the end of a dead runner need the server’s own session: give a URL that leads to the server itself',
        ),
      ),
      ...(await checkLedger(session, known, ledger)),
      ...(await checkTables(session, tables, known)),
      ...(await checkRights(session, tables, known)),
      ...(await definerChecks(session, tables)),
      ...instantChecks(server),
      await locksCheck(session, known),
      ...(await checkServer(session, known, workers)),
      await clockCheck(() => now(session)),
    ]
  })
}

type Facts = Omit<Known, 'privileges'> & {
  readonly label: string
  readonly database: string
  readonly connections: readonly number[]
}

async function readServer(session: Session, dialect: Server['dialect']): Promise<Facts> {
  const { rows } = await session.query(
    'SELECT VERSION() AS version, CURRENT_USER() AS user, DATABASE() AS name, CONNECTION_ID() AS id',
  )
  const again = await session.query('SELECT CONNECTION_ID() AS id')
  // A proxy may answer the lock itself. Only the server knows which of its sessions has our lock.
  const holder = await session.query('SELECT IS_USED_LOCK(?) AS holder', [session.backend.started])
  // A variable that this version lacks is left out, instead of raising error 1193.
  const variables = await session.query(
    `SHOW VARIABLES WHERE Variable_name IN (${VARIABLES.map(() => '?').join(', ')})`,
    VARIABLES,
  )
  const values = new Map(
    variables.rows.map((row) => [String(row['Variable_name']).toLowerCase(), String(row['Value'])]),
  )
  const label = String(rows[0]?.['version'])
  const [major = 0, minor = 0, patch = 0] = label.split(/\D/, 3).map(Number)
  return {
    dialect,
    label,
    version: major * 10000 + minor * 100 + patch,
    user: String(rows[0]?.['user']),
    database: String(rows[0]?.['name']),
    connections: [rows[0]?.['id'], again.rows[0]?.['id'], holder.rows[0]?.['holder']].map(Number),
    variable: (name) => values.get(name) ?? '',
  }
}

const VARIABLES = [
  'read_only',
  'super_read_only',
  'innodb_read_only',
  'transaction_read_only',
  'tx_read_only',
  'log_bin',
  'log_bin_trust_function_creators',
  'binlog_format',
  'performance_schema',
  'innodb_online_alter_log_max_size',
  'innodb_instant_alter_column_allowed',
  'binlog_row_image',
  'sql_log_bin',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'max_connections',
  'max_user_connections',
  'datadir',
  'hostname',
]

function versionChecks({ dialect, version, label }: Facts): Check[] {
  const name = dialect === 'mariadb' ? 'MariaDB' : 'MySQL'
  const oldest = dialect === 'mariadb' ? '10.6' : '8.0.23'
  if (dialect === 'mysql' && version === 80029)
    return [
      warning(
        'version',
        false,
        `${name} ${label} can damage tables with instant changes of columns`,
        'it was withdrawn for that: upgrade to 8.0.30 or later first',
      ),
    ]
  return [
    coded(
      'PLAN_VERSION',
      check(
        'version',
        version >= OLDEST[dialect],
        `${name} ${label}`,
        `the tool works on ${name} ${oldest} and later`,
      ),
    ),
  ]
}

const READ_ONLY = [
  'read_only',
  'super_read_only',
  'innodb_read_only',
  'transaction_read_only',
  'tx_read_only',
]

function primaryChecks({ variable }: Facts, replica: boolean): Check[] {
  // MariaDB 12 has more values of read_only than ON.
  const [set] = READ_ONLY.filter((name) => !['', '0', 'OFF'].includes(variable(name)))
  return [
    coded(
      'PLAN_CONNECT',
      check(
        'primary',
        set === undefined,
        set ? `the server is read-only (${set})` : 'the server takes writes',
        'give the URL of the primary',
      ),
    ),
    ...(replica && set === undefined
      ? [
          warning(
            'replica',
            false,
            'the server takes writes, and gets those of another server too',
            'when this is a replica, give the URL of its primary: what is changed here stays here',
          ),
        ]
      : []),
  ]
}

/** Needs REPLICATION CLIENT, on MariaDB REPLICA MONITOR; without it false. */
async function isReplica(session: Session, dialect: Server['dialect']): Promise<boolean> {
  const sql = dialect === 'mariadb' ? 'SHOW ALL SLAVES STATUS' : 'SHOW REPLICA STATUS'
  return ((await permitted(session, sql)) ?? []).length > 0
}

async function definerChecks(session: Session, tables: readonly TableRef[]): Promise<Check[]> {
  const all: Check[] = []
  for (const table of tables)
    for (const { trigger, account, there } of await definers(session, table)) {
      if (there === true) continue
      const says = `trigger ${trigger} runs as ${account}, ${there === null ? 'and this user may not see whether that account still exists' : 'who no longer exists: every write to the table fails (error 1449)'}`
      const hint = `keep the account that ran expand until contract is done: CREATE USER ${grantee(account)} again, with its privileges; or go back with plan rollback, which any user can run, and begin again`
      all.push(
        there === null
          ? lasting(warning('trigger definer', false, says, hint))
          : { ...check('trigger definer', false, says, hint), mended: true },
      )
    }
  return all
}

/** Only MariaDB has this setting. */
function instantChecks({ variable }: Facts): Check[] {
  const allowed = variable('innodb_instant_alter_column_allowed')
  if (allowed === '' || allowed === 'add_drop_reorder') return []
  const instant = {
    name: 'instant changes',
    says: `innodb_instant_alter_column_allowed is ${allowed}`,
    hint: 'SET GLOBAL innodb_instant_alter_column_allowed = add_drop_reorder',
  }
  return [{ ...instant, outcome: allowed === 'never' ? 'failed' : 'warning' }]
}

async function locksCheck(session: Session, { dialect, variable, user }: Known): Promise<Check> {
  const shown = await showsLocks(session, dialect)
  const off = variable('performance_schema') !== 'ON'
  const hint =
    dialect === 'mariadb'
      ? "INSTALL SONAME 'metadata_lock_info', or turn on performance_schema with its instrument wait/lock/metadata/sql/mdl"
      : off
        ? 'turn on performance_schema: it takes a restart'
        : `GRANT SELECT ON performance_schema.* TO ${grantee(user)}`
  const says = shown ? 'the server says who holds a lock' : 'the server does not say here who holds a table'
  return lasting(warning('lock holders', shown, says, hint))
}
