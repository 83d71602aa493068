/** An error as MongoDB reports it. Hooks of tests throw it as well. */
export class MongoError extends Error {
  readonly code: number
  readonly codeName: string
  readonly labels: readonly string[]

  constructor(code: number, codeName: string, message: string, labels: readonly string[] = []) {
    super(message)
    this.code = code
    this.codeName = codeName
    this.labels = labels
  }
}

/** Thrown by a hook of a test: the socket is cut instead of an answer. */
export class Cut extends Error {}

export const transactionGone = (message: string): MongoError =>
  new MongoError(251, 'NoSuchTransaction', message, ['TransientTransactionError'])

/** The engine has MongoDB's errors as SQLSTATEs of its own, and PostgreSQL's for what PostgreSQL found. */
const CODES: Readonly<Record<string, readonly [number, string]>> = {
  M0001: [2, 'BadValue'],
  M0003: [9, 'FailedToParse'],
  M0004: [14, 'TypeMismatch'],
  M0006: [20, 'IllegalOperation'],
  M0008: [26, 'NamespaceNotFound'],
  M0009: [27, 'IndexNotFound'],
  M0015: [241, 'ConversionFailure'],
  M000A: [28, 'PathNotViable'],
  M000D: [40, 'ConflictingUpdateOperators'],
  M000E: [43, 'CursorNotFound'],
  M000F: [48, 'NamespaceExists'],
  M000M: [66, 'ImmutableField'],
  M000N: [67, 'CannotCreateIndex'],
  M000O: [68, 'IndexAlreadyExists'],
  M000P: [72, 'InvalidOptions'],
  M000Q: [73, 'InvalidNamespace'],
  M000R: [85, 'IndexOptionsConflict'],
  M000S: [86, 'IndexKeySpecsConflict'],
  M000U: [115, 'CommandNotSupported'],
  M00CO: [121, 'DocumentValidationFailure'],
  M001B: [10334, 'BSONObjectTooLarge'],
  M003A: [17419, 'Location17419'],
  M001C: [11000, 'DuplicateKey'],
  '23505': [11000, 'DuplicateKey'],
  // A unique index over duplicates that exist.
  '23P01': [11000, 'DuplicateKey'],
  '40001': [112, 'WriteConflict'],
  '40P01': [112, 'WriteConflict'],
  '55P03': [24, 'LockTimeout'],
  '57014': [50, 'MaxTimeMSExpired'],
  '0A000': [115, 'CommandNotSupported'],
}

/** What the client of PostgreSQL says when the server goes, comes, or is not there. */
const GONE = /^(57P0[123]|08...|ECONN\w+|EPIPE)$/
const GONE_SAYS = /Connection terminated|timeout exceeded when trying to connect|not queryable/

export function toMongoError(error: unknown): MongoError {
  if (error instanceof MongoError) return error
  const { code = '', message } = error as { code?: string; message: string }
  if (GONE.test(code) || GONE_SAYS.test(message)) return new MongoError(91, 'ShutdownInProgress', message)
  const [known, name] = CODES[code] ?? [1, 'InternalError']
  return new MongoError(known, name, known === 1 && code ? `${message} (SQLSTATE ${code})` : message)
}

/** In the results of writes the SQLSTATE is a number: five characters of six bits each, the lowest first. */
export function unpacked(packed: number): readonly [number, string] {
  const state = [0, 1, 2, 3, 4].map((n) => String.fromCharCode(48 + ((packed >> (6 * n)) & 63))).join('')
  return CODES[state] ?? [packed, 'Unknown']
}
