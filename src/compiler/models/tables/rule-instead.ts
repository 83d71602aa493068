import type { RuleAction } from '../../../program/kinds/rule-action.ts'
import type { Traits } from '../../../program/traits.ts'

/** Other ways to change what a table has already, each with the reason why it was not taken. */
export const ruleInstead: {
  readonly [Kind in RuleAction['do']]: (
    action: Extract<RuleAction, { do: Kind }>,
    traits: Traits,
  ) => readonly string[]
} = {
  drop_not_null: () => ['before the deploy a version that expects a value would meet rows without one'],
  change_default: () => ['to write the value into the rows that are there is what a backfill is for'],
  set_comment: () => [],
  reserve_key: () => ['to overwrite what is there would lose it'],
  retire_key: () => ['taken out at once, the way back would be gone before anybody had missed it'],
  disable_index: () => ['dropped at once it would have to be built again when a query turns out to need it'],
  delete_index: (_, { transactionalDdl }) =>
    transactionalDdl ? ['a drop without CONCURRENTLY would make reads and writes wait'] : [],
  delete_check: (_, { stagedConstraints }) =>
    stagedConstraints
      ? []
      : ['switched off it would still be in the catalogue, and cost a copy to switch on'],
  delete_unique: () => ['to drop its index alone is what the server refuses'],
}
