import { addField } from './add-field.ts'
import { addIndex } from './add-index.ts'
import { changeFieldType } from './change-field-type.ts'
import type { DocumentContext } from './context.ts'
import { dropField } from './drop-field.ts'
import { dropIndex } from './drop-index.ts'
import { mergeFields } from './merge-fields.ts'
import type { DocumentOutline } from './outline.ts'
import { renameCollection } from './rename-collection.ts'
import { renameField } from './rename-field.ts'
import { restructureField } from './restructure-field.ts'
import { setValidator } from './set-validator.ts'
import type * as Shapes from './shapes.ts'
import { splitField } from './split-field.ts'

/** The catalogue of intents for databases of documents. Their shapes are in shapes.ts. */
export const documentIntents: Readonly<
  Record<string, (fields: unknown, context: DocumentContext) => DocumentOutline>
> = {
  rename_field: (fields, context) => renameField(fields as Shapes.RenameField, context),
  add_field: (fields, context) => addField(fields as Shapes.AddField, context),
  drop_field: (fields, context) => dropField(fields as Shapes.DropField, context),
  change_field_type: (fields, context) => changeFieldType(fields as Shapes.ChangeFieldType, context),
  split_field: (fields, context) => splitField(fields as Shapes.SplitField, context),
  merge_fields: (fields, context) => mergeFields(fields as Shapes.MergeFields, context),
  restructure_field: (fields, context) => restructureField(fields as Shapes.RestructureField, context),
  add_index: (fields, context) => addIndex(fields as Shapes.AddIndex, context),
  drop_index: (fields, context) => dropIndex(fields as Shapes.DropIndex, context),
  set_validator: (fields, context) => setValidator(fields as Shapes.SetValidator, context),
  rename_collection: (fields, context) => renameCollection(fields as Shapes.RenameCollection, context),
}
