/** How to recognise kinds of failures of this database. */
export type Failures = {
  /** The same transaction can be tried again at once: deadlock, serialization failure. */
  readonly collided: (error: unknown) => boolean
  /** The session is gone. The ledger has to be read again on a new one. */
  readonly sessionLost: (error: unknown) => boolean
  /** A table or column that the statement names does not exist. */
  readonly missing: (error: unknown) => boolean
  /**
   * User code raised it. `by`: the functions of users that raised it, null where the server does not say. The result
   * is null when none of them did.
   */
  readonly raised: (error: unknown) => { readonly by: readonly string[] | null } | null
  /** The expression cannot handle this row; another row may be fine. */
  readonly ofRow?: (error: unknown) => boolean
  /** The server ended the statement because it took too long. */
  readonly tookTooLong: (error: unknown) => boolean
}
