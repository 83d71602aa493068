import type { Document } from 'mongodb'
import { type Code, PlanError } from '../../../errors.ts'
import { BY_HAND, repeated } from '../../repeated.ts'

/** What the driver tells of a failure. `errmsg` may hold values. */
type ServerError = {
  readonly name?: string
  readonly code?: unknown
  readonly codeName?: string
  readonly errmsg?: string
  readonly message?: string
}

type Known = { readonly code: Code; readonly says: string; readonly hint: string }

const AGAIN = 'run the command again: plan advance goes on where the ledger says'
const FIX =
  'fix the document, or change the expression so that it gives null for that document; then advance again'

const lost: Known = { code: 'PLAN_TEMPORARY', says: 'the connection was lost', hint: AGAIN }
const cancelled: Known = { code: 'PLAN_TEMPORARY', says: 'the command was ended', hint: AGAIN }
const locked: Known = {
  code: 'PLAN_LOCK_TIMEOUT',
  says: 'a lock could not be had in time',
  hint: 'end the operations that hold it, or advance again at a quieter time',
}
const collision: Known = {
  code: 'PLAN_TEMPORARY',
  says: 'it collided with another write',
  hint: AGAIN,
}
const unacknowledged: Known = {
  code: 'PLAN_TEMPORARY',
  says: 'the members of the set did not confirm it in time',
  hint: 'look whether a majority of the members is up and keeps up, then run plan advance again',
}
const poison: Known = { code: 'PLAN_POISON', says: 'a value cannot be converted', hint: FIX }
const tooLarge: Known = {
  code: 'PLAN_POISON',
  says: 'a document would be larger than 16 MB',
  hint: 'both shapes have to fit into it while the plan runs: make the document smaller, then advance again, or roll back',
}
const invalid: Known = {
  code: 'PLAN_INVARIANT',
  says: 'a document breaks the validator of its collection',
  hint: 'fix the document, or the validator (set_validator), then advance again',
}
const duplicate: Known = {
  code: 'PLAN_DUPLICATE',
  says: 'documents share a value that must be unique',
  hint: 'make the values unique, then advance again',
}
const login: Known = {
  code: 'PLAN_CONNECT',
  says: 'the server refused the login',
  hint: 'check user, password, host and authSource of the URL',
}
const refused: Known = {
  code: 'PLAN_PRIVILEGE',
  says: 'a privilege is missing',
  hint: 'run plan doctor: it says which privileges are needed',
}
const resource: Known = {
  code: 'PLAN_TEMPORARY',
  says: 'the server is out of a resource',
  hint: 'free disk, memory or connections, then run plan advance again',
}

/** MongoDB Atlas answers refusals of all kinds with this number; only its words tell them apart. */
const ATLAS = 8000

/** What Atlas means. Its words name actions and collections; a command that it repeats may hold values. */
function ofAtlas({ errmsg = '' }: ServerError, connecting: boolean): Known {
  if (connecting || /bad auth|authentication failed/i.test(errmsg))
    return { ...login, hint: `${login.hint}; on MongoDB Atlas the user stands in Database Access` }
  if (/space quota/i.test(errmsg))
    return {
      ...resource,
      says: 'the cluster is over its space quota',
      hint: 'take a larger tier or remove data, then run plan advance again: it goes on where it was',
    }
  const [, action, on = ''] = /not allowed to do action \[(\w+)\] on \[([^\]]*)\]/.exec(errmsg) ?? []
  const [, command] = /CMD_NOT_ALLOWED: (\w+)/.exec(errmsg) ?? []
  return {
    ...refused,
    says: action
      ? `the privilege ${action} on ${on} is missing`
      : `MongoDB Atlas does not allow ${command ?? 'it'} here`,
    hint: 'give the user a custom role that has it (docs/security.md of this package has the role); the shared tiers M0 and Flex refuse some commands to everybody, and a dedicated tier does not',
  }
}

/** By error number. Source: src/mongo/base/error_codes.yml of the server. */
const KNOWN = new Map<number, Known>([
  ...all([6, 7, 89, 91, 133, 189, 234, 279, 9001, 10058, 10107, 11600, 11602, 13435, 13436], lost),
  ...all([24, 46, 117, 12586, 12587], locked),
  ...all([63, 112, 134, 150, 175, 249, 251, 13388], collision),
  ...all([64, 100], unacknowledged),
  ...all([43, 50, 237, 262, 11601], cancelled),
  ...all([11, 18], login),
  ...all([13], refused),
  ...all([14, 28, 56, 241], poison),
  ...all([10334, 17419, 17420], tooLarge),
  ...all([121], invalid),
  ...all([11000, 11001, 12582, 359], duplicate),
  ...all([146, 14031], resource),
])

function all(numbers: readonly number[], known: Known): [number, Known][] {
  return numbers.map((number) => [number, known])
}

/** NamespaceNotFound, IndexNotFound. */
const MISSING: readonly number[] = [26, 27]

/** InvalidPipelineOperator and unknown names of expressions and stages: no document is at fault. */
const UNKNOWN_WORDS: readonly number[] = [168, 15_983, 15_999, 16_436, 40_323, 40_324, 40_415, 51_183]

/** Errors that touch no document and whose messages name commands and objects. */
const SPEAKS_OF_OBJECTS: ReadonlySet<number> = new Set([
  ...[26, 27, 48, 59, 67, 72, 85, 86, 115, 119, 166],
  ...UNKNOWN_WORDS,
])

/** Commands that compute nothing from documents. */
const OF_OBJECTS: ReadonlySet<string> = new Set([
  ...['create', 'collMod', 'createIndexes', 'dropIndexes', 'renameCollection', 'drop'],
  ...['listCollections', 'listIndexes', 'hello', 'buildInfo', 'getParameter', 'replSetGetStatus', 'killOp'],
])

/** From this number on each error belongs to a single expression. */
const LOCATIONS = 10_000

/**
 * Any failure of the driver as a PlanError without values, which the server puts into its messages. `command` is what the
 * server was asked. It is null while the session is being opened; a failure then means that the server cannot be reached,
 * not that it was lost.
 */
export function recognise(error: unknown, doing: string, command: Document | null = {}): PlanError {
  if (error instanceof PlanError) return error
  const server = (typeof error === 'object' && error !== null ? error : {}) as ServerError
  const number = typeof server.code === 'number' ? server.code : 0
  if (number === 0) return broken(server, doing, command === null)
  const known =
    number === ATLAS
      ? ofAtlas(server, command === null)
      : (KNOWN.get(number) ?? (isExpression(number) ? poison : undefined))
  const { codeName = '' } = server
  const cause = { number, name: codeName, state: known === lost ? '08006' : String(number) }
  if (known)
    return new PlanError(
      command === null && known === lost ? 'PLAN_CONNECT' : known.code,
      `${doing}: ${known.says}`,
      {
        hint: known.hint,
        cause,
      },
    )
  return new PlanError(
    'PLAN_DATABASE',
    `${doing}: server error ${number}${codeName && ` (${codeName})`}${said(number, server, command)}`,
    { hint: BY_HAND, cause },
  )
}

/** What the server says besides the number. */
function said(number: number, { errmsg = '' }: ServerError, command: Document | null): string {
  if (command !== null && !OF_OBJECTS.has(Object.keys(command)[0] ?? ''))
    return repeated(errmsg, keysOf(command).join(' '))
  return SPEAKS_OF_OBJECTS.has(number) && errmsg ? `: ${errmsg.slice(0, 300)}` : ''
}

/** Names of operators and fields, without values. */
const keysOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap(keysOf)
    : value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
      ? Object.entries(value).flatMap(([key, one]) => [key, ...keysOf(one)])
      : []

const isExpression = (number: number): boolean => number >= LOCATIONS && !UNKNOWN_WORDS.includes(number)

/** The error for a command or answer that was never transmitted. */
function broken({ name = '', message = '' }: ServerError, doing: string, connecting: boolean): PlanError {
  const cause = { number: 0, name, state: connecting ? 'connect' : '08006' }
  if (name === 'MongoParseError' || name === 'MongoInvalidArgumentError' || name === 'MongoAPIError')
    return new PlanError('PLAN_USAGE', 'the database URL cannot be read', {
      hint: 'write special characters of user and password in percent form: / as %2F, @ as %40, : as %3A',
      cause,
    })
  // Its message names only hosts.
  const [reason] = /ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ECONNRESET|EHOSTUNREACH/.exec(message) ?? []
  if (connecting)
    return new PlanError('PLAN_CONNECT', `cannot connect to ${doing}${reason ? ` (${reason})` : ''}`, {
      hint: `check host, port and network, and that the set has a primary${/\.mongodb\.net/.test(doing) ? '; MongoDB Atlas lets in only addresses that Network Access lists' : ''}; plan doctor tries again`,
      cause,
    })
  // The driver refuses a command larger than allowed before it sends it.
  if (/BSONError|RangeError/.test(name))
    return new PlanError('PLAN_POISON', `${doing}: ${tooLarge.says}`, { hint: tooLarge.hint, cause })
  return new PlanError('PLAN_TEMPORARY', `${doing}: ${lost.says}${reason ? ` (${reason})` : ''}`, {
    hint: lost.hint,
    cause,
  })
}

/** The error of a command whose time ran out while it waited for a lock. */
export const noLock = (doing: string): PlanError =>
  new PlanError('PLAN_LOCK_TIMEOUT', `${doing}: ${locked.says}`, {
    hint: locked.hint,
    cause: { number: 50, name: 'MaxTimeMSExpired', state: '50' },
  })

/** The error of a connection that gave no answer. */
export const noAnswer = (): Error =>
  Object.assign(new Error('no answer'), { name: 'MongoNetworkTimeoutError' })

const causeOf = (error: unknown): { readonly state?: string; readonly number?: number } =>
  (error instanceof PlanError
    ? (error.cause as { state?: string; number?: number } | undefined)
    : undefined) ?? {}

/** The server's error number; 0 for other errors. Source: the server's error_codes.yml. */
export const codeOf = (error: unknown): number => causeOf(error).number ?? 0

/** The same can be tried again at once. */
export const collided = (error: unknown): boolean => {
  const known = KNOWN.get(codeOf(error))
  return known === collision || known === unacknowledged
}

/** Ended by our own time limit or by a killOp. */
export const tookTooLong = (error: unknown): boolean =>
  error instanceof PlanError && error.code !== 'PLAN_LOCK_TIMEOUT' && KNOWN.get(codeOf(error)) === cancelled

/** A collection or index that the command names does not exist. */
export const missing = (error: unknown): boolean => MISSING.includes(codeOf(error))

/** The session is gone, or its server is no longer the primary: the ledger must be read again. */
export const sessionLost = (error: unknown): boolean => causeOf(error).state?.startsWith('08') ?? false
