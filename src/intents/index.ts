import type { AddColumn, RenameColumn, SplitColumn } from './shapes.ts'
import { addColumn } from './tables/columns/add-column.ts'
import { renameColumn } from './tables/columns/rename-column.ts'
import { splitColumn } from './tables/columns/split-column.ts'
import type { Context } from './tables/context.ts'
import type { Outline } from './tables/outline.ts'

/**
 * The catalogue of intents: what a person can ask for, and what each needs from the phases. Their shapes are in
 * shapes.ts.
 */
export const intents: Readonly<Record<string, (fields: unknown, context: Context) => Outline>> = {
  rename_column: (fields, context) => renameColumn(fields as RenameColumn, context),
  add_column: (fields, context) => addColumn(fields as AddColumn, context),
  split_column: (fields, context) => splitColumn(fields as SplitColumn, context),
}
