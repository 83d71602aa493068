import { type Code, PlanError } from '../../../errors.ts'
import { BY_HAND, repeated } from '../../repeated.ts'

/** What the driver tells of a failure and may safely be repeated. */
type ServerError = {
  readonly code?: string
  readonly message?: string
  readonly table?: string
  readonly schema?: string
  readonly constraint?: string
  readonly column?: string
  /** The server's source file that raised it. */
  readonly file?: string
  /** The functions in which it was raised, innermost first. It also holds statements, and so values. */
  readonly where?: string
}

type Known = { readonly code: Code; readonly says: string; readonly hint: string }

/** By SQLSTATE; a key of two characters is a class. Source: PostgreSQL documentation, appendix A. */
const KNOWN: Readonly<Record<string, Known>> = {
  '08': {
    code: 'PLAN_TEMPORARY',
    says: 'the connection broke',
    hint: 'run the command again: plan advance goes on where the ledger says',
  },
  '22': {
    code: 'PLAN_POISON',
    says: 'a value cannot be converted',
    hint: 'find the row (plan status names the range), fix it or make the expression total, then advance again',
  },
  '23502': {
    code: 'PLAN_NULL',
    says: 'a required column is empty',
    hint: 'make the fill total, or leave out required',
  },
  '23503': {
    code: 'PLAN_INVARIANT',
    says: 'a row refers to one that does not exist',
    hint: 'repair or remove the orphans, then advance again',
  },
  '23505': {
    code: 'PLAN_DUPLICATE',
    says: 'rows share a value that must be unique',
    hint: 'make the values unique, then advance again',
  },
  '23514': {
    code: 'PLAN_INVARIANT',
    says: 'a row breaks a check',
    hint: 'repair the rows, then advance again',
  },
  '25006': {
    code: 'PLAN_CONNECT',
    says: 'the server is read-only',
    hint: 'give the URL of the primary, not of a standby; where it is the primary, look at default_transaction_read_only of the database and the role',
  },
  '28': {
    code: 'PLAN_CONNECT',
    says: 'the server refused the login',
    hint: 'check user, password and pg_hba.conf',
  },
  '2BP01': {
    code: 'PLAN_DEPENDENT',
    says: 'something still depends on it',
    hint: 'move the dependent object to the new shape, then advance again',
  },
  '3D000': {
    code: 'PLAN_CONNECT',
    says: 'there is no such database',
    hint: 'check the database name in the URL',
  },
  '40': {
    code: 'PLAN_TEMPORARY',
    says: 'the transaction collided with another one',
    hint: 'run plan advance again',
  },
  '42501': {
    code: 'PLAN_PRIVILEGE',
    says: 'a privilege is missing',
    hint: 'run plan doctor: it says which privileges are needed',
  },
  '42601': { code: 'PLAN_DATABASE', says: 'the server cannot read it', hint: BY_HAND },
  '42703': { code: 'PLAN_DATABASE', says: 'a column that it names is not there', hint: BY_HAND },
  '42704': { code: 'PLAN_DATABASE', says: 'something that it names is not there', hint: BY_HAND },
  '42883': {
    code: 'PLAN_DATABASE',
    says: 'a function or operator is not there for such arguments',
    hint: BY_HAND,
  },
  '42P01': { code: 'PLAN_DATABASE', says: 'a table that it names is not there', hint: BY_HAND },
  '53': {
    code: 'PLAN_TEMPORARY',
    says: 'the server is out of a resource',
    hint: 'free disk, memory or connections, then run plan advance again',
  },
  '55P03': {
    code: 'PLAN_LOCK_TIMEOUT',
    says: 'a lock could not be had in time',
    hint: 'end the sessions that hold it, or advance again at a quieter time',
  },
  '57014': { code: 'PLAN_TEMPORARY', says: 'the statement was cancelled', hint: 'run plan advance again' },
  '57': {
    code: 'PLAN_TEMPORARY',
    says: 'the server went down or ended the session',
    hint: 'run plan advance again when it is back',
  },
}

/** Classes of errors that touch no row, so their messages name only objects. */
const SPEAKS_OF_OBJECTS = /^(08|25|28|3D|3F|42|53|55|57|0A|2B)/

/** Statements that compute nothing from rows. A new column, index or constraint may compute something. */
const OF_OBJECTS = [
  /^(BEGIN|SET(?! CONSTRAINTS)|LOCK|COMMENT|GRANT|REVOKE|DROP)\b/i,
  /^CREATE (OR REPLACE )?(FUNCTION|TRIGGER|SCHEMA|TABLE)\b(?![\s\S]*\bAS\s+SELECT\b)/i,
  /^ALTER \w+ (IF EXISTS )?(ONLY )?\S+ (RENAME|DROP|OWNER|DISABLE|ENABLE)\b[^,]*$/i,
  /^ALTER \w+ \S+ ALTER (COLUMN )?\S+ (DROP|SET DEFAULT|SET STATISTICS)\b[^,]*$/i,
  // Such a statement is parsed and planned, and never executed.
  /^SELECT\b[\s\S]*\bLIMIT 0$/,
]

/** Functions of users raise any error with any code. These are the source files of their languages. */
const RAISED_BY_USERS = /^(pl_exec|plpy|plperl|pltcl|plv8|pllua)/

/** The statement without quoted texts. */
const namesOf = (statement: string): string => statement.replace(/'(?:[^']|'')*'?/g, ' ')

/** Network failures of the operating system. */
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNABORTED)$/

/**
 * Any failure of the driver as a PlanError without row values: `detail`, `where` and messages about data are dropped.
 * `statement` is what the server was asked. It is null while the session is being opened; a failure then means that the
 * server cannot be reached, not that it was lost.
 */
export function recognise(error: unknown, doing: string, statement: string | null): PlanError {
  if (error instanceof PlanError) return error
  const server = (typeof error === 'object' && error !== null ? error : {}) as ServerError
  const state = server.code ?? ''
  if (!/^[0-9A-Z]{5}$/.test(state) || NETWORK.test(state)) return lost(state, doing, statement === null)
  const known = KNOWN[state] ?? KNOWN[state.slice(0, 2)]
  const { code, says, hint } = known ?? {
    code: 'PLAN_DATABASE',
    says: `PostgreSQL error ${state}`,
    hint: BY_HAND,
  }
  const by = functionsIn(server.where)
  return fail(code, `${doing}: ${says}${said(server, state, statement)}`, hint, state, by)
}

/** What the server says besides the code. */
function said(server: ServerError, state: string, statement: string | null): string {
  const { message = '', file = '', constraint, column, table } = server
  if (RAISED_BY_USERS.test(file)) return ''
  const about = [constraint, column, table].filter((name) => name !== undefined)
  const where = about.length > 0 ? ` (${about.join(' of ')})` : ''
  if (statement === null || OF_OBJECTS.some((kind) => kind.test(statement)))
    return SPEAKS_OF_OBJECTS.test(state) && message ? `${where}: ${message}` : where
  return where || repeated(message, namesOf(statement))
}

/** The names, without schema, of the functions in which the server says it was. */
const functionsIn = (where = ''): string[] =>
  [...where.matchAll(/^(?:PL\/\w+|SQL) function (.+?)(?:\(| statement | line |$)/gm)].flatMap(
    ([, name = '']) => {
      const [, quoted, bare] = /"((?:[^"]|"")*)"$|([^".]+)$/.exec(name) ?? []
      return quoted?.replaceAll('""', '"') ?? bare ?? []
    },
  )

/** Codes by which Node reports a certificate that it does not trust, or that belongs to another server. */
const DISTRUSTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY|DECRYPT)_\w+|CERT_\w+|INVALID_(CA|PURPOSE)|ERR_TLS_CERT_\w+)$/

function lost(state: string, doing: string, connecting: boolean): PlanError {
  const reason = NETWORK.test(state) ? ` (${state})` : ''
  if (connecting && DISTRUSTED.test(state))
    return fail(
      'PLAN_CONNECT',
      `cannot connect to ${doing}: its certificate is not trusted (${state})`,
      'name the certificate of its authority in the URL (its path in sslrootcert), or to Node (its path in NODE_EXTRA_CA_CERTS); it has to be valid now, and to name the host of the URL',
      'connect',
    )
  return connecting
    ? fail(
        'PLAN_CONNECT',
        `cannot connect to ${doing}${reason}`,
        'check host, port and network; plan doctor tries again',
        'connect',
      )
    : fail(
        'PLAN_TEMPORARY',
        `${doing}: the connection was lost${reason}`,
        'run the command again: plan advance goes on where the ledger says',
        '08006',
      )
}

const fail = (
  code: Code,
  message: string,
  hint: string,
  state: string,
  by: readonly string[] = [],
): PlanError => new PlanError(code, message, { hint, cause: { state, ...(by.length > 0 && { by }) } })

/** The SQLSTATE behind one of our errors, or an empty text. */
const stateOf = (error: unknown): string => {
  const cause = error instanceof PlanError ? (error.cause as { state?: string } | undefined) : undefined
  return cause?.state ?? ''
}

/** Deadlocks and serialization failures: the same transaction can be tried again at once. */
export const collided = (error: unknown): boolean => /^40/.test(stateOf(error))

/** The statement was ended by statement_timeout or by a pg_cancel_backend. */
export const tookTooLong = (error: unknown): boolean => stateOf(error) === '57014'

/** A table or column that the statement names does not exist. */
export const missing = (error: unknown): boolean => /^42(703|P01)$/.test(stateOf(error))

/** For the application's own client: the driver's error says that the table or its schema does not exist. */
export const tableIsAbsent = (error: unknown): boolean =>
  /^(42P01|3F000)$/.test(String((error as ServerError | null)?.code))

/** Raised inside functions, by RAISE or by a statement of theirs. */
export const raised = (error: unknown): { readonly by: readonly string[] } | null => {
  const { by } =
    (error instanceof PlanError ? (error.cause as { by?: readonly string[] } | undefined) : undefined) ?? {}
  return by ? { by } : null
}

/** The session is gone, so the ledger must be read again on a new one. */
export const sessionLost = (error: unknown): boolean => /^(08|57P)/.test(stateOf(error))

/** The value cannot be converted, or a function refuses it. */
export const ofRow = (error: unknown): boolean => /^(22|23|P0)/.test(stateOf(error))
