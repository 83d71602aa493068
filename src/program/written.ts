import type { TableRef } from './refs.ts'
import type { ByKey, ByPages, Fill, Proof, Ranged, TryDocuments, TryRows } from './walk.ts'

/** A lock that a step takes, in the server's own words, and the sessions it makes wait. */
export type Lock = {
  readonly on: string
  readonly mode: string
  readonly blocks:
    | 'nothing'
    | 'other schema changes'
    | 'writes'
    | 'reads and writes'
    | 'the rows of one batch'
  /**
   * How long it is held. `moment`: while the catalogue changes. `scan`, `build`, `rewrite`: while the table is read,
   * indexed or rewritten.
   */
  readonly during: 'moment' | 'scan' | 'build' | 'rewrite' | 'batch'
  /** The table, where the action does not name it. */
  readonly table?: TableRef
}

export type Loss = {
  readonly what: string
  readonly query: string
  readonly most?: string
  /** The rows themselves, where they have a key. */
  readonly rows?: LostRows
}

/**
 * Rows in the order of their key: `k0`, … are the key, `v0`, … the values, all as text. Parameters: a limit, and in `next`
 * the key of the row before.
 */
export type LostRows = Ranged & { readonly key: readonly string[]; readonly columns: readonly string[] }

/** What every action has, however it runs. */
type Common = {
  readonly undo: readonly string[]
  /**
   * Undoes, page by page or range by range, what the action, or the application since then, has written. Parameters of a
   * range: (to, from).
   */
  readonly undoWalk?:
    | { readonly along: ByPages; readonly undo: readonly string[] }
    | {
        readonly along: ByKey
        readonly mark: string
        readonly lock?: Ranged
        readonly undo: Ranged<readonly string[]>
      }
  readonly locks: readonly Lock[]
  /** What undoing loses: a query with one number `rows`. `most` counts without expressions, in case these fail. */
  readonly losses?: readonly Loss[]
}

/** An action that is a list of statements. */
export type Statements = Common & {
  readonly run: 'statements'
  readonly statements: readonly string[]
  /** This part is undone after all other parts of its step: it needs what they bring back. */
  readonly undoneLast?: true
  /** A query with one boolean, true when the action is already done. */
  readonly probe: string
  /**
   * `step`: one transaction for the whole step. `autocommit`: each statement on its own, with short lock timeouts.
   * `unbounded`: outside any transaction, as long as it takes.
   */
  readonly transaction: 'step' | 'autocommit' | 'unbounded'
  /**
   * A query with one boolean, `done`: true while there is something to undo. Left out when the undo can be repeated
   * safely.
   */
  readonly undoNeeded?: string
  /** What must hold before the action begins: a query with one number `violations`, and what it means. */
  readonly requires?: {
    readonly query: string
    /** For a person, to see the rows. */
    readonly look?: string
    readonly code: 'PLAN_NULL' | 'PLAN_INVARIANT' | 'PLAN_DUPLICATE'
    readonly says: string
    readonly hint: string
  }
  /**
   * What must hold before a rollback begins to undo anything: a query with one number `violations`, one of keys (`k0`,
   * …), with a limit, where a row can be named, and what it means.
   */
  readonly undoRequires?: NonNullable<Statements['requires']> & { readonly sample?: string }
  /** What a person is told before values come back from an archive: a query with one number `rows`, `#` in the text. */
  readonly tells?: readonly { readonly says: string; readonly query: string }[]
  /** The statements can run again at any time, and the catalogue does not show whether they did. */
  readonly repeatable?: true
  /** Queries that must work before the statements run. A server reads the body of a trigger only when it fires. */
  readonly mustSucceed?: readonly string[]
  /**
   * A query that runs before the action begins. It lists objects that already have the names it creates: `what` and
   * `owner`.
   */
  readonly namesTaken?: string
  /** What it means when this user may not run the statements. The plan prints both and goes on. */
  readonly ifDenied?: { readonly act: string; readonly undo: string }
  /** For each statement a query with one boolean, `done`: a statement that is already done is skipped. */
  readonly doneEach?: readonly string[]
  /** Session settings before and after the statements; they are always put back. */
  readonly settings?: { readonly before: string; readonly after: string }
  /** Statements before a new try outside a transaction: they remove what a failed try left. */
  readonly repair?: readonly string[]
  /** A query of keys that share a value (`k0`, `k1`), for when the action fails on a duplicate. */
  readonly duplicates?: string
  /**
   * Keeps writers out while the losses are counted again and the action is undone. `after` runs when that does not end
   * with the transaction.
   */
  readonly blockWrites?: { readonly before: string; readonly after?: string }
  /** The same for the action itself and all that follow in its step. They take a moment. */
  readonly alone?: { readonly before: string; readonly after: string }
}

/**
 * One action, written for one database: statements, a walk over all rows, or a proof. The text is exactly what runs; the
 * runner binds `$1…`.
 */
export type Written = Statements | (Common & (Fill | TryRows | TryDocuments | Proof))

/** Whether it writes rows or documents, batch by batch. */
export const isFilling = (written: Written): written is Common & Fill =>
  written.run === 'fill' || written.run === 'sweep'

/** A text to which the runner binds values, with a name for people. */
type Named = readonly [name: string, text: string]

/** The texts of a walk or a proof, in order. Statements are none of them. */
export function queriesOf(written: Written): Named[] {
  if (written.run === 'statements') return []
  const { run: _, undo: __, undoWalk: ___, locks: ____, losses: _____, ...queries } = written
  return named('', queries)
}

/** The texts with which a walk is undone page by page. */
export const undoQueriesOf = ({ undoWalk }: Pick<Written, 'undoWalk'>): Named[] => named('', undoWalk)

/** All texts with which an action may come to the server, apart from those that undo it at once. */
export const textsOf = (written: Written): string[] => [
  ...statementsOf(written),
  ...[...queriesOf(written), ...undoQueriesOf(written)].map(([, text]) => text),
]

/** The statements of an action; a walk or a proof has none. */
export const statementsOf = (written: Written): readonly string[] =>
  written.run === 'statements' ? written.statements : []

/** Texts that no server gets. */
const WORDS: ReadonlySet<string> = new Set(['by', 'hint'])

/** `batch`, `batch.1`; `batch_first` for the first range; `sample_2` for the third of a list. */
function named(key: string, value: unknown, suffix = ''): Named[] {
  if (typeof value === 'string') return WORDS.has(key) ? [] : [[`${key}${suffix}`, value]]
  if (Array.isArray(value))
    return value.flatMap((one: unknown, index) =>
      typeof one === 'string'
        ? [[`${key}${suffix}${index === 0 ? '' : `.${index}`}`, one] as const]
        : named(key, one, `_${index}`),
    )
  return Object.entries(value ?? {}).flatMap(([inner, one]) => {
    if (inner === 'next') return named(key, one, suffix)
    return ['first', 'beyond', 'all'].includes(inner)
      ? named(key, one, `${suffix}_${inner}`)
      : named(inner, one, suffix)
  })
}
