import type { RuleAction } from '../../../program/kinds/rule-action.ts'
import type { Wording } from '../../phases.ts'

/** What gets another name because a person wishes so. */
export const named = (what: string, from: string, to: string): Wording => ({
  title: `${what} ${from} becomes ${to}`,
  reason: 'only the catalogue changes',
})

/** What is done to indexes, constraints, defaults and comments of a table, and why in this way. */
export const ruleWords: {
  readonly [Kind in RuleAction['do']]: (action: Extract<RuleAction, { do: Kind }>) => Wording
} = {
  drop_not_null: ({ table, column }) => ({
    title: `let ${table.name}.${column.name} be empty`,
    reason: 'every version that reads it can take that by now; the way back requires it again',
  }),
  change_default: ({ table, column, to }) => ({
    title:
      to === null
        ? `take the default of ${table.name}.${column.name} away`
        : `give ${table.name}.${column.name} another default`,
    reason: 'it applies to new rows; no row is touched',
  }),
  set_comment: ({ table, column }) => ({
    title: `comment on ${table.name}${column === null ? '' : `.${column}`}`,
    reason: 'only the catalogue changes',
  }),
  reserve_key: ({ table, keys: { column, to } }) => ({
    title: `see that no document of ${table.name}.${column} has the key ${to}`,
    reason: 'read-only; so what a rollback takes out of the documents is what this plan has put in',
  }),
  retire_key: ({ table, keys: { column, from } }) => ({
    title: `retire the key ${from} of ${table.name}.${column}`,
    reason: 'nothing is changed yet: both keys are kept equal until it is taken out',
  }),
  disable_index: ({ name }) => ({
    title: `hide index ${name} from queries`,
    reason: 'it is still kept up, so that one statement brings it back when a query turns out to need it',
  }),
  delete_index: ({ name, gone }) => ({
    title: gone ? `index ${name} is gone` : `drop index ${name}`,
    reason: gone
      ? 'on the way back it is built beside running writes, before the constraint'
      : 'beside running reads and writes, and only once no query needs it',
  }),
  delete_check: ({ table, name }) => ({
    title: `drop the check ${name} of ${table.name}`,
    reason: 'only the catalogue changes; from then on rows need not meet it',
  }),
  delete_unique: ({ table, name }) => ({
    title: `drop the unique constraint ${name} of ${table.name}`,
    reason: 'its index goes with it; from then on rows may share a value',
  }),
}
