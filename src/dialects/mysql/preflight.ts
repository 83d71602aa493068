import type { TableRef } from '../../compiler/step.ts'
import type { Check, Session } from '../session.ts'
import { showsLocks } from './blockers.ts'
import { permitted } from './permitted.ts'
import { checkTables, type Known } from './preflight-tables.ts'
import { grantee, lacking, readPrivileges } from './privileges.ts'
import { TRANSACTION_AGE } from './processes.ts'
import { quote } from './quote.ts'
import type { Server } from './session.ts'
import { OLDEST } from './traits.ts'

/** A transaction older than this keeps every change of a table that it has read waiting, seconds. */
const LONG_TRANSACTION = 300

/** SHOW and information_schema wait while somebody holds a table exclusively, milliseconds. */
const LOCK_TIMEOUT = 10_000

/** Everything that would stop or weaken a run, found before it starts. Reads only. */
export async function preflight(
  session: Session,
  dialect: Server['dialect'],
  tables: readonly TableRef[],
  ledger: string,
): Promise<readonly Check[]> {
  return session.transaction({ lockTimeout: LOCK_TIMEOUT }, async () => {
    const server = await readServer(session, dialect)
    const versions = versionChecks(server)
    // Of a server that is too old not even the questions are known.
    if (versions.some(({ outcome }) => outcome === 'failed')) return versions
    const toPublic = dialect === 'mariadb' && server.version >= 101100
    const known: Facts & Known = { ...server, privileges: await readPrivileges(session, toPublic) }
    return [
      ...versions,
      ...primaryChecks(server, await isReplica(session, dialect)),
      check(
        'direct connection',
        server.connections.every((id) => id === session.backend.pid),
        'one session stays one session',
        'a proxy stands between and shares sessions: give a URL that leads to the server itself',
      ),
      await ledgerCheck(session, known, ledger),
      ...(await checkTables(session, tables, known)),
      ...binaryLogChecks(known),
      ...instantChecks(server),
      await locksCheck(session, known),
      await transactionsCheck(session, known),
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
  // A variable that this version does not have is left out, instead of error 1193.
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
    connections: [Number(rows[0]?.['id']), Number(again.rows[0]?.['id'])],
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
    check(
      'version',
      version >= OLDEST[dialect],
      `${name} ${label}`,
      `the tool works on ${name} ${oldest} and later`,
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
  // MariaDB 12 knows more values of read_only than ON.
  const [set] = READ_ONLY.filter((name) => !['', '0', 'OFF'].includes(variable(name)))
  return [
    check(
      'primary',
      set === undefined,
      set ? `the server is read-only (${set})` : 'the server takes writes',
      'give the URL of the primary',
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

/** Needs REPLICATION CLIENT, on MariaDB REPLICA MONITOR; without it nothing is said. */
async function isReplica(session: Session, dialect: Server['dialect']): Promise<boolean> {
  const sql = dialect === 'mariadb' ? 'SHOW ALL SLAVES STATUS' : 'SHOW REPLICA STATUS'
  return ((await permitted(session, sql)) ?? []).length > 0
}

/** Its tables stand in the connection's database. */
async function ledgerCheck(
  session: Session,
  { privileges, user, database }: Known & Facts,
  ledger: string,
): Promise<Check> {
  const { rows } = await session.query(
    'SELECT table_name AS name FROM information_schema.TABLES WHERE table_schema = DATABASE() AND LEFT(table_name, CHAR_LENGTH(?)) = ?',
    [`${ledger}_`, `${ledger}_`],
  )
  const missing = LEDGER.filter((privilege) => !privileges.has(privilege, { schema: database }))
  const granted =
    rows.length > 0 &&
    rows.every(({ name }) => {
      const table = { schema: database, name: String(name) }
      return lacking(privileges.has, LEDGER.slice(1), table).length === 0
    })
  const fine = missing.length === 0 || granted
  return {
    name: 'ledger',
    outcome: fine ? 'ok' : privileges.unread > 0 ? 'warning' : 'failed',
    says: fine
      ? `tables ${ledger}_… can be used in ${quote(database)}`
      : `tables ${ledger}_… in ${quote(database)} need ${missing.join(', ')}`,
    hint: `GRANT ${LEDGER.join(', ')} ON ${pattern(database)}.* TO ${grantee(user)}`,
  }
}

const LEDGER = ['CREATE', 'SELECT', 'INSERT', 'UPDATE', 'DELETE']

/** GRANT takes the name of a database for a pattern. */
const pattern = (database: string): string => quote(database).replace(/[_%\\]/g, '\\$&')

/**
 * Error 1419: with a binary log a trigger is only made by who has SUPER. Measured on MySQL 9.7 and MariaDB 10.11: no other
 * privilege will do, neither SET_ANY_DEFINER, BINLOG_ADMIN and SYSTEM_VARIABLES_ADMIN nor SET USER and BINLOG ADMIN.
 */
function binaryLogChecks({ variable, privileges, user }: Known): Check[] {
  if (variable('log_bin') !== 'ON') return []
  const trusted = variable('log_bin_trust_function_creators') === 'ON' || privileges.has('SUPER')
  return [
    check(
      'triggers',
      trusted,
      trusted
        ? 'triggers can be made beside the binary log'
        : 'with the binary log on, this user cannot make triggers (error 1419)',
      `SET GLOBAL log_bin_trust_function_creators = 1 (a managed service has it among its parameters), or GRANT SUPER ON *.* TO ${grantee(user)}`,
    ),
    // Error 1665: neither can be logged as a statement under READ COMMITTED, which the tool works with.
    check(
      'binary log',
      variable('binlog_format') !== 'STATEMENT',
      `the binary log is written in the format ${variable('binlog_format')}`,
      'SET GLOBAL binlog_format = ROW: updates under READ COMMITTED are refused otherwise (error 1665)',
    ),
  ]
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
  return { ...warning('lock holders', shown, says, hint), lasting: true }
}

async function transactionsCheck(session: Session, { user }: Known): Promise<Check> {
  const rows = await permitted(session, OLDEST_TRANSACTION)
  if (rows === null)
    return warning(
      'long transactions',
      false,
      'this user cannot see how old transactions are',
      `GRANT PROCESS ON *.* TO ${grantee(user)}`,
    )
  const oldest = Math.max(0, Number(rows[0]?.['age'] ?? 0))
  return warning(
    'long transactions',
    oldest < LONG_TRANSACTION,
    `the oldest transaction is ${oldest} s old`,
    'a change of a table that it has read waits for it; end it or wait',
  )
}

const OLDEST_TRANSACTION = `SELECT MAX(${TRANSACTION_AGE}) AS age FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID()`

const check = (name: string, fine: boolean, says: string, hint: string): Check => ({
  name,
  outcome: fine ? 'ok' : 'failed',
  says,
  hint,
})
const warning = (name: string, fine: boolean, says: string, hint: string): Check => ({
  name,
  outcome: fine ? 'ok' : 'warning',
  says,
  hint,
})
