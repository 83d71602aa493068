import type { TableRef } from '../refs.ts'

/** What gives a thing another name. */
export type RenameAction =
  /** `wished`: the plan asks for the new name; otherwise it is the name of what went with the old column. */
  | {
      readonly do: 'rename_index'
      readonly table: TableRef
      readonly from: string
      readonly to: string
      readonly wished?: true
    }
  | {
      readonly do: 'rename_constraint'
      readonly table: TableRef
      readonly from: string
      readonly to: string
      /** Its definition, on servers that can only create it again. */
      readonly definition: string | null
      /** The table that a foreign key refers to, where it is created again. */
      readonly references?: TableRef
      /** For a foreign key to a partitioned table: the constraints that the server created for the partitions. */
      readonly copies?: readonly { readonly schema: string; readonly table: string; readonly name: string }[]
      readonly wished?: true
    }
  | { readonly do: 'rename_statistics'; readonly schema: string; readonly from: string; readonly to: string }
