/** Where in a file a finding points; both numbers count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number }

/**
 * Every failure a person can act on, by code. A code is public API: it is documented,
 * greppable, and never reused for another meaning. `exit` is the process status.
 */
export const CODES = {
  PLAN_INTERNAL: { exit: 1, title: 'The tool itself failed' },
  PLAN_DATABASE: { exit: 1, title: 'The database refused a statement in a way the tool does not know' },
  PLAN_USAGE: { exit: 2, title: 'The command line does not fit' },
  PLAN_CONFIG: { exit: 2, title: 'The configuration does not fit' },
  PLAN_INVALID: { exit: 2, title: 'The plan file does not fit the format' },
  PLAN_NOT_BUILT: { exit: 2, title: 'Part of the specification that this version does not do yet' },
  PLAN_TABLE_MISSING: { exit: 2, title: 'The plan names a table that the database does not have' },
  PLAN_COLUMN_MISSING: { exit: 2, title: 'The plan names a column that the table does not have' },
  PLAN_COLUMN_EXISTS: { exit: 2, title: 'The plan adds a column that the table already has' },
  PLAN_UNSUPPORTED: { exit: 2, title: 'The change cannot be carried through safely on this table' },
  PLAN_EXPRESSION: { exit: 2, title: 'An expression in the plan cannot be used' },
  PLAN_WAITING: { exit: 3, title: 'A checkpoint or a waiting time stands before the asked phase' },
  PLAN_INVARIANT: { exit: 4, title: 'An invariant does not hold, so nothing was contracted' },
  PLAN_DEPENDENT: { exit: 4, title: 'Something still depends on what is to be dropped' },
  PLAN_NULL: { exit: 4, title: 'A required column would be empty on some rows' },
  PLAN_DUPLICATE: { exit: 4, title: 'Rows share a value that must be unique' },
  PLAN_POISON: { exit: 4, title: 'A row cannot be converted' },
  PLAN_TRIGGER: { exit: 4, title: 'A trigger would change columns that the backfill does not fill' },
  PLAN_PROBE: { exit: 4, title: 'A probe of a checkpoint did not pass' },
  PLAN_REWRITE: { exit: 4, title: 'A statement would have rewritten the table, and was rolled back' },
  PLAN_CHANGED: { exit: 5, title: 'The plan or program differs from what was pinned' },
  PLAN_STALE: { exit: 5, title: 'The compiled files differ from what the plan compiles to' },
  PLAN_DRIFT: { exit: 5, title: 'The database differs from what the run left' },
  PLAN_LOCKED: { exit: 6, title: 'Another runner holds the plan' },
  PLAN_FENCED: { exit: 6, title: 'Another runner took the plan over' },
  PLAN_PAUSED: { exit: 7, title: 'Paused, outside its window, or throttled for too long' },
  PLAN_CONNECT: { exit: 8, title: 'The database cannot be reached' },
  PLAN_PRIVILEGE: { exit: 8, title: 'A privilege is missing' },
  PLAN_VERSION: {
    exit: 8,
    title: 'The server, the ledger or a program has a version that this tool does not work with',
  },
  PLAN_GAP: { exit: 75, title: 'The server no longer has the changes since the sync was last here' },
  PLAN_LOCK_TIMEOUT: { exit: 75, title: 'A lock could not be had in time' },
  PLAN_TEMPORARY: { exit: 75, title: 'The database failed for now' },
  PLAN_INTERRUPTED: { exit: 130, title: 'Interrupted; safe to resume' },
} as const satisfies Record<string, { exit: number; title: string }>

export type Code = keyof typeof CODES

/** Rows or documents that a failure is about, never with a value but their keys. */
export type RowsAtFault = {
  /** Some of them by their keys, in words. */
  readonly keys: readonly string[]
  /** For a person, to see them; null where there is none. */
  readonly query: string | null
}

/** One thing that is wrong: what happened, what to do, and where. */
export type Finding = {
  readonly code: Code
  readonly message: string
  readonly hint: string
  readonly at?: Position
  /** The server's own code, where a server refused. */
  readonly sqlstate?: string
  readonly rows?: RowsAtFault
}

/** A failure with a stable code and a hint. `findings` has every problem that was found, the first one leading. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
  readonly code: Code
  readonly hint: string
  readonly at: Position | undefined
  readonly rows: RowsAtFault | undefined
  readonly findings: readonly Finding[]

  constructor(
    code: Code,
    message: string,
    more: { hint: string; at?: Position | undefined; rows?: RowsAtFault | undefined; cause?: unknown },
  ) {
    super(message, { cause: more.cause })
    this.code = code
    this.hint = more.hint
    this.at = more.at
    this.rows = more.rows
    const { sqlstate } = this
    this.findings = [
      {
        ...{ code, message, hint: more.hint },
        ...(more.at && { at: more.at }),
        ...(sqlstate !== null && { sqlstate }),
        ...(more.rows && { rows: more.rows }),
      },
    ]
  }

  /** The server's own code: an SQLSTATE, or a number where the database has none; null when no server refused. */
  get sqlstate(): string | null {
    const { state } = (this.cause ?? {}) as { readonly state?: unknown }
    return typeof state === 'string' && /\d/.test(state) ? state : null
  }

  /** One error for several findings: a person wants to see them all at once. */
  static of(findings: readonly [Finding, ...Finding[]]): PlanError {
    const [first] = findings
    const error = new PlanError(first.code, first.message, first)
    Object.defineProperty(error, 'findings', { value: findings })
    return error
  }

  get exit(): number {
    return CODES[this.code].exit
  }
}
