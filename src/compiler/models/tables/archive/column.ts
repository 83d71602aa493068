import type { Language } from '../../../../dialects/interface/language.ts'
import type { KeptColumn } from '../../../../program/kinds/archive-action.ts'
import type { Column, Table } from '../../../../schema/snapshot.ts'

/** A column of an archive, with the order of the column whose values it keeps: `like`, or the one of its stored name. */
export function keptColumn(
  language: Language,
  { columns, collation }: Table,
  { stored, name = stored, type }: Pick<KeptColumn, 'stored' | 'type'> & { readonly name?: string },
  like: Pick<Column, 'collation'> | undefined = columns.find((one) => one.name === stored),
): KeptColumn {
  return {
    stored,
    name,
    type,
    collation: language.collates(type) ? (like?.collation ?? collation ?? null) : null,
  }
}
