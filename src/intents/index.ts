import type { Intent } from './define.ts'
import { addField } from './documents/add-field.ts'
import { addIndex } from './documents/add-index.ts'
import { changeFieldType } from './documents/change-field-type.ts'
import { dropField } from './documents/drop-field.ts'
import { dropIndex } from './documents/drop-index.ts'
import { mergeFields } from './documents/merge-fields.ts'
import { renameCollection } from './documents/rename-collection.ts'
import { renameField } from './documents/rename-field.ts'
import { restructureField } from './documents/restructure-field.ts'
import { setValidator } from './documents/set-validator.ts'
import { splitField } from './documents/split-field.ts'
import { addColumn } from './tables/columns/add-column.ts'
import { renameColumn } from './tables/columns/rename-column.ts'
import { splitColumn } from './tables/columns/split-column.ts'

/** The catalogue: what a person can ask for, in the order in which messages and the JSON Schema name it. */
export const intents: readonly Intent[] = [
  renameColumn,
  addColumn,
  splitColumn,
  renameField,
  addField,
  dropField,
  changeFieldType,
  splitField,
  mergeFields,
  restructureField,
  addIndex,
  dropIndex,
  setValidator,
  renameCollection,
]

/** The kinds of intents that databases of this model have. */
export const kindsOf = (model: Intent['model']): readonly string[] =>
  intents.filter((intent) => intent.model === model).map(({ kind }) => kind)

/** Intents that are in the specification and that this version refuses by name. */
export const NOT_BUILT = [
  ...['rename_table', 'drop_column', 'change_type', 'set_required', 'drop_required', 'set_default'],
  ...['merge_columns', 'move_columns', 'extract_table', 'recode', 'backfill'],
  ...['add_unique', 'add_check', 'add_foreign_key', 'drop_constraint', 'run_sql'],
]
