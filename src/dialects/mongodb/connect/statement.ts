/**
 * A statement for MongoDB is a text: one database command as Extended JSON, exactly as sent, or an `Ask` about the
 * catalogue that needs several commands. `{ "$param": 1 }` is the first value that the runner binds.
 */
export type Command = { readonly [name: string]: unknown }

/** A question about the catalogue. All but `checks` return one row `{ done }`. */
export type Ask =
  /** Whether an index of that name has everything in `is`. */
  | { readonly ask: 'index'; readonly collection: string; readonly name: string; readonly is: Command }
  /** Whether the validator is this one; null: there is none. */
  | {
      readonly ask: 'validator'
      readonly collection: string
      readonly is: { readonly validator: Command; readonly level: string; readonly action: string } | null
    }
  | { readonly ask: 'collection'; readonly name: string; readonly type: 'collection' | 'view' }
  /** Whether the plan has a position in the collection's change stream. */
  | { readonly ask: 'stream'; readonly plan: string; readonly collection: string }
  | { readonly ask: 'not'; readonly of: Ask }
  /** Rows `{ what, holds }`. */
  | {
      readonly ask: 'checks'
      readonly checks: readonly { readonly what: string; readonly holds: Ask }[]
    }

/** An action that needs more than a single command. */
export type Act =
  /** Stores, once, where the changes of a collection begin. */
  | { readonly act: 'mark stream'; readonly plan: string; readonly collection: string }
  | { readonly act: 'forget stream'; readonly plan: string; readonly collection: string }
