/** A lock a step takes, in the server's own words, and whom it keeps waiting. */
export type Lock = {
  readonly on: string
  readonly mode: string
  readonly blocks:
    | 'nothing'
    | 'other schema changes'
    | 'writes'
    | 'reads and writes'
    | 'the rows of one batch'
  /** `moment`: only the catalogue changes. `scan`, `build`, `rewrite`: as long as the table takes to read, index or write anew. */
  readonly during: 'moment' | 'scan' | 'build' | 'rewrite' | 'batch'
}

export type Loss = { readonly what: string; readonly query: string; readonly most?: string }

/** One action written for one database. Text is the whole truth of what runs; `$1…` are bound by the runner. */
export type Written = {
  readonly statements: readonly string[]
  readonly undo: readonly string[]
  /** Undone behind the other parts of its step, wherever it stands in it: it needs what they bring back. */
  readonly undoneLast?: true
  /** A query of one boolean, true when the action is already done. Null where only the ledger can tell. */
  readonly probe: string | null
  /** `step`: one for the whole step. `alone`: each statement by itself, its locks asked for shortly. `none`: outside of any. */
  readonly transaction: 'step' | 'alone' | 'none'
  readonly locks: readonly Lock[]
  /** A query of one boolean, `done`: true while undo has something to do. Left out where undo bears being repeated. */
  readonly standing?: string
  /** What must hold before the action is begun: a query of one number `violations`, and what it means. */
  readonly requires?: {
    readonly query: string
    readonly code: 'PLAN_NULL' | 'PLAN_INVARIANT'
    readonly says: string
    readonly hint: string
  }
  /** Queries that must work before its statements: a server looks into the body of a trigger only when it fires. */
  readonly tries?: readonly string[]
  /** Before it is begun: a query of what stands under the names that it makes, `what` and `owner`. */
  readonly squatters?: string
  /** What it means when this user may not run it: that is said with the statements, and the plan goes on. */
  readonly byOthers?: { readonly act: string; readonly undo: string }
  /** For each of its statements a query of one boolean, `done`: those that are done already are passed over. */
  readonly each?: readonly string[]
  /** Settings of the session around its statements, put back whatever happens. */
  readonly around?: { readonly before: string; readonly after: string }
  /** Runs before a new try of an action that runs outside a transaction: clears what a broken try left. */
  readonly repair?: readonly string[]
  /** What undoing takes with it: a query of one number `rows`. `most` counts without expressions, should they not work. */
  readonly losses?: readonly Loss[]
  /** A query of keys that share a value (`k0`, `k1`), for when the action fails because of that. */
  readonly shared?: string
  /** Keeps writers out while its losses are counted once more and it is undone; `after` where that does not end with the transaction. */
  readonly keepOut?: { readonly before: string; readonly after?: string }
  /** Texts by purpose, for actions that are a loop or a look-up rather than a list of statements. */
  readonly queries?: Readonly<Record<string, string>>
}
