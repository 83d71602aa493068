/** How failures of this database are to be met. */
export type Failures = {
  /** The same transaction may be tried again at once: deadlock, serialization. */
  readonly collided: (error: unknown) => boolean
  /** The session is gone: the ledger has to be read again on a new one. */
  readonly sessionLost: (error: unknown) => boolean
  /** A table or column that the statement names is not there. */
  readonly missing: (error: unknown) => boolean
  /** `by`: the functions of users in which it was raised, null where the server does not say; null when it was none of them. */
  readonly raised: (error: unknown) => { readonly by: readonly string[] | null } | null
  /** It is this row that an expression cannot deal with; another one might do. */
  readonly ofRow?: (error: unknown) => boolean
  /** The server ended the statement because it took too long. */
  readonly tookTooLong: (error: unknown) => boolean
}
