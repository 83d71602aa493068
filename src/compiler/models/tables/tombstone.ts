import type { Language } from '../../../dialects/interface/language.ts'
import { tombstoneOf } from '../../../intents/tables/context.ts'
import type { RetiredColumn } from '../../../intents/tables/outline.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Traits } from '../../../program/traits.ts'

/** The name of a retired column until it is dropped. */
export const tombstone = (
  language: Language,
  traits: Traits,
  table: TableRef,
  { column, shadow }: Pick<RetiredColumn, 'column' | 'shadow'>,
): string =>
  traits.retires !== 'rename' && shadow === undefined ? column : tombstoneOf(language, table, column)
