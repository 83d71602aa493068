import type { TableRef } from '../refs.ts'

/** A column whose values are kept. `stored`: its name in its own table at that time; `name`: its name in the archive. */
export type KeptColumn = {
  readonly stored: string
  readonly name: string
  readonly type: string
  readonly collation: string | null
}

/** A table of the ledger's that keeps values of the rows of another one, each with the key of its row. */
export type Archive = {
  readonly table: TableRef
  readonly archive: TableRef
  readonly key: readonly KeptColumn[]
  readonly columns: readonly KeptColumn[]
}

/** What rows had in columns before a backfill. `written`: the same columns with what it gave each row. */
export type KeptRows = Archive & { readonly written: readonly KeptColumn[] }

/** Keeping old values: before their column is dropped, in groups, or before a backfill writes others. */
export type ArchiveAction =
  | (Archive & {
      readonly do: 'create_archive'
      readonly groups: readonly KeptGroup[]
      readonly written?: readonly KeptColumn[]
    })
  /** Copies the values of all rows, range by range; what differs by then is copied again. */
  | (Archive & { readonly do: 'copy_to_archive'; readonly index: string | null })

/**
 * Columns that get their values back together. `seen`: columns of the new shape; where they have changed, the old ones are
 * made from them. `given`: what rows get that are not in the archive, in words; null for nothing. `required`: then such
 * rows are in the way.
 */
type KeptGroup = {
  readonly columns: readonly string[]
  readonly seen: readonly string[]
  readonly given: string | null
  readonly required: boolean
}
