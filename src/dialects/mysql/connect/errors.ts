import { type Code, PlanError } from '../../../errors.ts'
import { BY_HAND, repeated } from '../../repeated.ts'

/** What the driver tells of a failure. `sql` and `sqlMessage` may hold values. */
type ServerError = {
  readonly errno?: number
  readonly code?: string
  readonly sqlState?: string
  readonly sqlMessage?: string
  readonly fatal?: boolean
}

type Known = { readonly code: Code; readonly says: string; readonly hint: string }

const AGAIN = 'run the command again: plan advance goes on where the ledger says'
const FIX =
  'find the row (plan status names the range), fix it or make the expression total, then advance again'

const lost: Known = { code: 'PLAN_TEMPORARY', says: 'the connection was lost', hint: AGAIN }
const cancelled: Known = { code: 'PLAN_TEMPORARY', says: 'the statement was cancelled', hint: AGAIN }
const locked: Known = {
  code: 'PLAN_LOCK_TIMEOUT',
  says: 'a lock could not be had in time',
  hint: 'end the sessions that hold it, or advance again at a quieter time',
}
const poison: Known = { code: 'PLAN_POISON', says: 'a value cannot be converted', hint: FIX }
const empty: Known = {
  code: 'PLAN_NULL',
  says: 'a required column is empty',
  hint: 'make the fill total, or leave out required',
}
const collision: Known = {
  code: 'PLAN_TEMPORARY',
  says: 'the transaction collided with another one',
  hint: 'run plan advance again',
}
const login: Known = {
  code: 'PLAN_CONNECT',
  says: 'the server refused the login',
  hint: 'check user, password, host and database of the URL',
}
const refused: Known = {
  code: 'PLAN_PRIVILEGE',
  says: 'a privilege is missing',
  hint: 'run plan doctor: it says which privileges are needed',
}
const stranger: Known = {
  code: 'PLAN_PRIVILEGE',
  says: 'the account that it names is not there',
  hint: 'look whether it was dropped or has another name now',
}
const unheld: Known = {
  code: 'PLAN_PRIVILEGE',
  says: 'there is no such right to take away',
  hint: 'it is gone already',
}
const readOnly: Known = {
  code: 'PLAN_CONNECT',
  says: 'the server is read-only',
  hint: 'give the URL of the primary, not of a replica',
}
const resource: Known = {
  code: 'PLAN_TEMPORARY',
  says: 'the server is out of a resource',
  hint: 'free disk, memory or connections, then run plan advance again',
}
const check: Known = {
  code: 'PLAN_INVARIANT',
  says: 'a row breaks a check',
  hint: 'repair the rows, then advance again',
}
const orphan: Known = {
  code: 'PLAN_INVARIANT',
  says: 'a row refers to one that does not exist',
  hint: 'repair or remove the orphans, then advance again',
}
const needed: Known = {
  code: 'PLAN_DEPENDENT',
  says: 'something still depends on it',
  hint: 'move the dependent object to the new shape, then advance again',
}
const copies: Known = {
  code: 'PLAN_REWRITE',
  says: 'the server could do this only by copying the table or by blocking writes, and was told not to',
  hint: 'nothing was changed; take away what the server names and advance again, or roll back and make this change through a copy of the table (pt-online-schema-change)',
}
const spent: Known = {
  code: 'PLAN_REWRITE',
  says: 'columns of this table were changed in an instant as often as the server allows',
  hint: 'nothing was changed; rebuild the table once at a quiet time (the clauses FORCE, ALGORITHM=INPLACE, LOCK=NONE of ALTER TABLE), then advance again',
}
const full: Known = {
  code: 'PLAN_REWRITE',
  says: 'the table has no room for a second shape',
  hint: 'nothing was changed; drop columns or indexes that nobody uses, or make columns shorter, then advance again; or roll back',
}
/** MariaDB keeps room in each row for columns that were dropped in an instant. */
const wide: Known = {
  code: 'PLAN_REWRITE',
  says: 'a row of the table has no room for this',
  hint: 'nothing was changed; where columns were added and dropped many times, ALTER TABLE with FORCE, ALGORITHM=INPLACE, LOCK=NONE makes room while others read and write; otherwise drop columns that nobody uses, or make columns shorter; then run the command again',
}

const unreadable: Known = { code: 'PLAN_DATABASE', says: 'the server cannot read it', hint: BY_HAND }
const noColumn: Known = {
  code: 'PLAN_DATABASE',
  says: 'a column that it names is not there',
  hint: BY_HAND,
}
const noTable: Known = { code: 'PLAN_DATABASE', says: 'a table that it names is not there', hint: BY_HAND }
const noFunction: Known = {
  code: 'PLAN_DATABASE',
  says: 'a function that it names is not there',
  hint: BY_HAND,
}

/** By error number. Sources: MySQL 9 error message reference, MariaDB error codes. */
const KNOWN = new Map<number, Known>([
  ...all([1205, 3572], locked),
  ...all([1213, 1020, 1613, 1614], collision),
  ...all([1317, 1969, 3024], cancelled),
  ...all([1053, 1077, 1079, 1927, 2006, 2013, 4031], lost),
  // Errors that a server reports to a connection that breaks in the middle of a packet.
  ...all([1152, 1156, 1157, 1158, 1159, 1160, 1161, 1184], lost),
  ...all([1044, 1045, 1049, 1130, 1131, 1251, 1698, 3118, 3159], login),
  ...all([1142, 1143, 1227, 1370, 1419], refused),
  ...all([1133, 1410], stranger),
  ...all([1141, 1147], unheld),
  ...all([1290, 1792, 1836, 3100], readOnly),
  ...all([3, 28, 1021, 1037, 1038, 1040, 1041, 1114, 1203, 1206, 1226, 1799], resource),
  ...all([1264, 1265, 1292, 1365, 1366, 1406, 1411, 1425, 1441, 1525, 1690, 3140, 3141, 3144, 3156], poison),
  // Regular expressions, paths, JSON texts and shapes that come from a column: MySQL's numbers, then MariaDB's.
  ...all([3146, 3147, 3148, 3149, 3150, 3151, 3153, 3154, 3157, 3158, 3143, 3903], poison),
  ...all([3685, 3686, 3688, 3689, 3690, 3691, 3692, 3693, 3694, 3695, 3696, 3697, 3698, 3699, 3887], poison),
  ...all([1416, 3033, 3037, 3055, 3548, 3616, 3617, 3731, 3732, 3854], poison),
  ...all([1139, 4035, 4036, 4037, 4038, 4039, 4040, 4041, 4042, 4043, 4044, 4045, 4046], poison),
  ...all([1048, 1138, 1364], empty),
  ...all([1062, 1586], {
    code: 'PLAN_DUPLICATE',
    says: 'rows share a value that must be unique',
    hint: 'make the values unique, then advance again',
  }),
  ...all([3819, 4025], check),
  ...all([1216, 1217, 1451, 1452], orphan),
  ...all([1553, 1828, 1829, 3108, 3959], needed),
  ...all([1845, 1846, 1847], copies),
  ...all([4092, 4158], spent),
  ...all([1069, 1117, 4157], full),
  ...all([1118], wide),
  ...all([1064, 1149], unreadable),
  ...all([1054], noColumn),
  ...all([1051, 1146], noTable),
  ...all([1305], noFunction),
])

function all(numbers: readonly number[], known: Known): [number, Known][] {
  return numbers.map((number) => [number, known])
}

/** Errors that touch no row and whose messages name objects and users, never values or statements. */
const SPEAKS_OF_OBJECTS = new Set([
  ...[
    1005, 1044, 1045, 1049, 1050, 1051, 1054, 1060, 1061, 1068, 1071, 1072, 1075, 1091, 1101, 1118, 1142,
    1143,
  ],
  ...[
    1146, 1170, 1176, 1215, 1227, 1235, 1290, 1293, 1305, 1347, 1356, 1359, 1360, 1370, 1419, 1553, 1822,
    1826, 1828,
  ],
  ...[1829, 1832, 1845, 1846, 3108, 3757, 3780, 3959],
])

/** Network failures of the operating system. */
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNABORTED)$/

/** Statements in which no user's function can run. Such a function may raise any number with any text. */
const OF_OBJECTS = /^(ALTER|CREATE|DROP|RENAME|SET|LOCK|UNLOCK|START|ANALYZE)\b|^SELECT\b[\s\S]*\bLIMIT 0$/i

/** The statement without quoted texts. */
const namesOf = (statement: string): string =>
  statement.replace(/'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?/gs, ' ')

/**
 * Any failure of the driver as a PlanError without row values: the driver puts values and the whole statement into its
 * error. `statement` is what the server was asked, without values. It is null while the session is being opened; a
 * failure then means that the server cannot be reached, not that it was lost.
 */
export function recognise(error: unknown, doing: string, statement: string | null): PlanError {
  if (error instanceof PlanError) return error
  const server = (typeof error === 'object' && error !== null ? error : {}) as ServerError
  const number = server.errno ?? 0
  // The driver's own numbers are negative: those of the operating system.
  if (number <= 0 || server.sqlState === undefined) return broken(server, doing, statement === null)
  const known = KNOWN.get(number)
  const { code, says, hint } = known ?? {
    code: 'PLAN_DATABASE',
    says: `server error ${number}`,
    hint: BY_HAND,
  }
  const state = known === lost ? '08006' : server.sqlState
  return fail(code, `${doing}: ${says}${said(number, server, statement)}`, hint, number, state)
}

/** What the server says besides the number. */
function said(number: number, { sqlMessage = '' }: ServerError, statement: string | null): string {
  if (statement !== null && !OF_OBJECTS.test(statement)) return repeated(sqlMessage, namesOf(statement))
  return SPEAKS_OF_OBJECTS.has(number) && sqlMessage ? `: ${sqlMessage}` : ''
}

function broken({ code = '' }: ServerError, doing: string, connecting: boolean): PlanError {
  const reason = NETWORK.test(code) ? ` (${code})` : ''
  if (connecting && code === 'HANDSHAKE_SSL_ERROR')
    return fail(
      'PLAN_CONNECT',
      `cannot connect to ${doing}: its certificate is not trusted, or no cipher is known to both`,
      'name the certificate of its authority to Node (its path in NODE_EXTRA_CA_CERTS), and the server by its host name: the driver compares no IP address; the certificate has to be valid now, and to name that host',
      0,
      'connect',
    )
  return connecting
    ? fail(
        'PLAN_CONNECT',
        `cannot connect to ${doing}${reason}`,
        'check host, port and network; plan doctor tries again',
        0,
        'connect',
      )
    : fail('PLAN_TEMPORARY', `${doing}: ${lost.says}${reason}`, lost.hint, 0, '08006')
}

const fail = (code: Code, message: string, hint: string, errno: number, state: string): PlanError =>
  new PlanError(code, message, { hint, cause: { state, errno } })

const causeOf = (error: unknown): { readonly state?: string; readonly errno?: number } =>
  (error instanceof PlanError
    ? (error.cause as { state?: string; errno?: number } | undefined)
    : undefined) ?? {}

/** Deadlocks and the like: the same transaction can be tried again at once. */
export const collided = (error: unknown): boolean => KNOWN.get(causeOf(error).errno ?? 0) === collision

/** Ended by our own time limit, by the server's, or by a KILL QUERY. */
export const tookTooLong = (error: unknown): boolean => KNOWN.get(causeOf(error).errno ?? 0) === cancelled

/** A table, column or right that the statement names does not exist. */
export const missing = (error: unknown): boolean =>
  [1051, 1054, 1141, 1146, 1147].includes(causeOf(error).errno ?? 0)

/** For the application's own client: the driver's error says that the table does not exist. */
export const tableIsAbsent = (error: unknown): boolean => (error as ServerError | null)?.errno === 1146

/** The server's message about a routine that this user may not execute; null for any other error. */
export const forbidden = (error: unknown): string | null =>
  error instanceof PlanError && causeOf(error).errno === 1370 ? error.message : null

/** Raised by SIGNAL or RESIGNAL in a trigger or function. The servers do not say which one. */
export const raised = (error: unknown): { readonly by: null } | null =>
  causeOf(error).errno === 1644 || causeOf(error).state?.startsWith('45') ? { by: null } : null

/** The session is gone, so the ledger must be read again on a new one. */
export const sessionLost = (error: unknown): boolean => causeOf(error).state?.startsWith('08') ?? false
