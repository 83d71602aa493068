import type { Expression } from '../../program/column.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Index, Snapshot, Table } from '../../schema/snapshot.ts'
import type { Refusal } from './refusal.ts'

/** An index as a plan asks for it: plain columns, or one expression over the row. */
export type IndexWish = {
  readonly columns: readonly string[]
  readonly expression: Expression | null
  readonly unique: boolean
  /** Only rows that meet this condition are in the index. */
  readonly where: Expression | null
  /** The kind of index as the server names it; null for its usual one. */
  readonly method: string | null
  /** Columns that are stored with the key. */
  readonly include: readonly string[]
}

/** How a dialect names and writes indexes. */
export type IndexLanguage = {
  /** What the server has not, or builds only by blocking writes; null when it builds this index beside them. */
  readonly refusal: (table: Table, wish: Omit<IndexWish, 'expression' | 'where'> & Unread) => Refusal | null
  /** The name that the server itself would choose: for an index, or for a unique constraint (`key`). */
  readonly nameFor: (table: Table, wish: IndexWish, snapshot: Snapshot, label?: 'idx' | 'key') => string
  /** Whether one statement hides this index from queries, and another one brings it back. */
  readonly hides: (index: Index) => boolean
  /** Whether a foreign key needs an index on its own columns, and a unique one on those it refers to. */
  readonly keysNeed: { readonly own: boolean; readonly unique: boolean }
  /** What has this name already, where a new index would collide with it; null when it is free. */
  readonly taken: (table: Table, name: string, snapshot: Snapshot) => string | null
  readonly define: (table: TableRef, name: string, wish: IndexWish) => string
}

/** Expressions as their author wrote them, for servers that have no place for them. */
type Unread = { readonly expression: string | null; readonly where: string | null }
