import { check, lasting, warning } from '../../checks.ts'
import type { Check } from '../../interface/check.ts'
import type { Session } from '../../interface/session.ts'
import { permitted } from '../connect/permitted.ts'
import { grantee } from '../inspect/privileges.ts'
import { TRANSACTION_AGE } from '../observe/processes.ts'
import type { Known } from './tables.ts'

/** An older transaction makes every change of a table that it has read wait, seconds. */
const LONG_TRANSACTION = 300

/** Settings and other sessions that would stop or weaken a run. `workers`: the sessions that a backfill needs. */
export async function checkServer(session: Session, known: Known, workers: number): Promise<Check[]> {
  return [
    ...binaryLogChecks(known),
    durabilityCheck(known),
    ...(known.dialect === 'mysql' ? await strictChecks(session) : []),
    ...(await transactionChecks(session, known)),
    await connectionsCheck(session, known, workers),
  ]
}

/**
 * Error 1419: with a binary log only a user with SUPER can create triggers. Measured on MySQL 9.7 and MariaDB 10.11:
 * neither SET_ANY_DEFINER, BINLOG_ADMIN and SYSTEM_VARIABLES_ADMIN nor SET USER and BINLOG ADMIN suffice.
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
    ...(variable('sql_log_bin') === 'OFF'
      ? [
          check(
            'session log',
            false,
            'this session is kept out of the binary log (sql_log_bin): replicas would get nothing of the plan',
            'look for SET sql_log_bin = 0 in init_connect',
          ),
        ]
      : []),
    // Error 1665: neither can be logged as a statement under READ COMMITTED, which the tool uses.
    check(
      'binary log',
      variable('binlog_format') !== 'STATEMENT',
      `the binary log is written in the format ${variable('binlog_format')}`,
      'SET GLOBAL binlog_format = ROW: updates under READ COMMITTED are refused otherwise (error 1665)',
    ),
    ...(variable('binlog_format') === 'MIXED'
      ? [
          lasting(
            warning(
              'replicated statements',
              false,
              'the binary log holds statements (binlog_format MIXED): each replica runs the sync triggers by itself',
              'SET GLOBAL binlog_format = ROW: then replicas get the rows as the triggers made them here',
            ),
          ),
        ]
      : []),
  ]
}

/** The sync triggers are strict, because the session that creates them is. Clients that are not strict notice it. */
async function strictChecks(session: Session): Promise<Check[]> {
  const { rows } = await session.query('SELECT @@GLOBAL.sql_mode AS mode')
  return /STRICT_(ALL|TRANS)_TABLES/.test(String(rows[0]?.['mode']))
    ? []
    : [
        lasting(
          warning(
            'strict mode',
            false,
            'clients are not strict here (sql_mode): the server alone turns NULL for a required column into an empty value',
            'while a plan renames or splits such a column NULL on its new side can be refused (error 1048, by the sync trigger): write the empty value itself',
          ),
        ),
      ]
}

/** A batch and its ledger row are lost or kept together in either case. */
function durabilityCheck({ variable }: Known): Check {
  const logged = variable('log_bin') === 'ON' && variable('sync_binlog') !== '1'
  const loose = [
    ...(variable('innodb_flush_log_at_trx_commit') === '1' ? [] : ['innodb_flush_log_at_trx_commit']),
    ...(logged ? ['sync_binlog'] : []),
  ]
  const torn = variable('innodb_doublewrite') === 'OFF'
  const names = [...loose, ...(torn ? ['innodb_doublewrite'] : [])]
  return lasting(
    warning(
      'durability',
      names.length === 0,
      names.length === 0
        ? 'what is committed survives a crash'
        : `${names.map((name) => `${name} is ${variable(name)}`).join(', ')}: a crash ${torn ? 'may damage tables, the ledger among them' : 'may lose the last moments, a confirmation among them'}`,
      [
        ...loose.map((name) => `SET GLOBAL ${name} = 1`),
        ...(torn ? ['innodb_doublewrite = ON in the configuration, and a restart'] : []),
        'after a crash look at plan status before going on',
      ].join('; '),
    ),
  )
}

async function transactionChecks(session: Session, { user }: Known): Promise<Check[]> {
  const rows = await permitted(session, OLDEST_TRANSACTION)
  if (rows === null)
    return [
      warning(
        'long transactions',
        false,
        'this user cannot see how old transactions are',
        `GRANT PROCESS ON *.* TO ${grantee(user)}`,
      ),
    ]
  const oldest = Math.max(0, Number(rows[0]?.['age'] ?? 0))
  const abandoned = Number(rows[0]?.['abandoned'] ?? 0)
  return [
    warning(
      'long transactions',
      oldest < LONG_TRANSACTION,
      `the oldest transaction is ${oldest} s old`,
      'a change of a table that it has read waits for it; end it or wait',
    ),
    ...(abandoned === 0
      ? []
      : [
          warning(
            'prepared transactions',
            false,
            `${abandoned} ${abandoned === 1 ? 'transaction belongs' : 'transactions belong'} to no session and ${abandoned === 1 ? 'keeps its' : 'keep their'} locks`,
            'XA RECOVER shows those that were prepared: they end only by hand, with XA COMMIT or XA ROLLBACK',
          ),
        ]),
  ]
}

const OLDEST_TRANSACTION = `SELECT MAX(${TRANSACTION_AGE}) AS age, COUNT(IF(trx_mysql_thread_id = 0, 1, NULL)) AS abandoned FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID()`

/** A backfill needs one session for each worker, and one more to cancel a statement. */
async function connectionsCheck(session: Session, { variable }: Known, workers: number): Promise<Check> {
  const { rows: all } = await session.query("SHOW GLOBAL STATUS WHERE Variable_name = 'Threads_connected'")
  // Every user sees their own sessions.
  const { rows: own } = await session.query(
    "SELECT COUNT(*) AS own FROM information_schema.PROCESSLIST WHERE user = SUBSTRING_INDEX(USER(), '@', 1)",
  )
  const server = Number(variable('max_connections')) - Number(all[0]?.['Value'] ?? 0)
  // 0 means no limit.
  const limit = Number(variable('max_user_connections')) || Number.POSITIVE_INFINITY
  const user = limit - Number(own[0]?.['own'] ?? 0)
  const left = Math.max(0, Math.min(server, user))
  return warning(
    'connections',
    left >= workers,
    `${user < server ? 'this user' : 'the server'} has room for ${left} more connections${left >= workers ? '' : `, and ${workers} of ${workers + 1} are still to come`}`,
    `fewer backfill.workers, or ${user < server ? 'more MAX_USER_CONNECTIONS for this user' : 'more max_connections for the server'}`,
  )
}
