/**
 * A statement for MongoDB is a text: one database command as Extended JSON, just as it is sent, or an `Ask` about the catalogue
 * that takes more than one command. `{ "$param": 1 }` is the first value that the runner binds.
 */
export type Command = { readonly [name: string]: unknown }

/** A question about the catalogue. All but `checks` give one row `{ done }`. */
export type Ask =
  /** An index of that name whose specification has all that `is` says. */
  | { readonly ask: 'index'; readonly collection: string; readonly name: string; readonly is: Command }
  /** The validator is this one; null: there is none. */
  | {
      readonly ask: 'validator'
      readonly collection: string
      readonly is: { readonly validator: Command; readonly level: string; readonly action: string } | null
    }
  | { readonly ask: 'collection'; readonly name: string; readonly type: 'collection' | 'view' }
  /** The plan has a place in the stream of changes of the collection. */
  | { readonly ask: 'stream'; readonly plan: string; readonly collection: string }
  | { readonly ask: 'not'; readonly of: Ask }
  /** Rows `{ what, holds }`. */
  | {
      readonly ask: 'checks'
      readonly checks: readonly { readonly what: string; readonly holds: Ask }[]
    }

/** What no single command does. */
export type Act =
  /** Remembers, once, where the changes of a collection begin. */
  | { readonly act: 'mark stream'; readonly plan: string; readonly collection: string }
  | { readonly act: 'forget stream'; readonly plan: string; readonly collection: string }
