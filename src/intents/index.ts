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
import { dropDefault, setDefault } from './tables/columns/change-default.ts'
import { changeType } from './tables/columns/change-type.ts'
import { dropColumn } from './tables/columns/drop-column.ts'
import { dropRequired } from './tables/columns/drop-required.ts'
import { mergeColumns } from './tables/columns/merge-columns.ts'
import { recode } from './tables/columns/recode.ts'
import { renameColumn } from './tables/columns/rename-column.ts'
import { setRequired } from './tables/columns/set-required.ts'
import { splitColumn } from './tables/columns/split-column.ts'
import { addCheck } from './tables/constraints/add-check.ts'
import { addUnique } from './tables/constraints/add-unique.ts'
import { dropConstraint } from './tables/constraints/drop-constraint.ts'
import { renameConstraint } from './tables/constraints/rename-constraint.ts'
import { addIndex as addTableIndex } from './tables/indexes/add-index.ts'
import { dropIndex as dropTableIndex } from './tables/indexes/drop-index.ts'
import { renameIndex } from './tables/indexes/rename-index.ts'
import { backfill } from './tables/rows/backfill.ts'
import { renameJsonKey } from './tables/rows/rename-json-key.ts'
import { runSql } from './tables/rows/run-sql.ts'
import { setComment } from './tables/set-comment.ts'

/** The catalogue: what a person can ask for, in the order in which messages and the JSON Schema name it. */
export const intents: readonly Intent[] = [
  renameColumn,
  addColumn,
  splitColumn,
  mergeColumns,
  dropColumn,
  backfill,
  changeType,
  recode,
  renameJsonKey,
  setRequired,
  dropRequired,
  setDefault,
  dropDefault,
  addTableIndex,
  dropTableIndex,
  renameIndex,
  addUnique,
  addCheck,
  dropConstraint,
  renameConstraint,
  setComment,
  runSql,
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
export const LATER = {
  kinds: [
    ...['add_foreign_key', 'drop_foreign_key', 'add_primary_key', 'replace_primary_key'],
    ...[
      'rename_table',
      'move_columns',
      'extract_table',
      'merge_tables',
      'copy_from_parent',
      'partition_table',
    ],
  ],
}
