import type { Action, FillGroup } from '../../../../program/action.ts'
import type { Archive } from '../../../../program/kinds/archive-action.ts'
import type { TableRef } from '../../../../program/refs.ts'
import { qualified } from '../../../../schema/lookup.ts'
import type { Wording } from '../../../phases.ts'

const keptIn = ({ columns }: Pick<Archive, 'columns'>): string => columns.map(({ name }) => name).join(', ')

export const archiveWords: {
  readonly [Kind in 'create_archive' | 'copy_to_archive']: (action: Extract<Action, { do: Kind }>) => Wording
} = {
  create_archive: ({ table, archive, written }) => ({
    title: `create ${qualified(archive)} for old values of ${table.name}`,
    reason: `a table of the ledger with the key of each row: a rollback ${written ? '' : 'after the drop '}takes them from there`,
  }),
  copy_to_archive: ({ table, archive, ...kept }) => ({
    title: `copy ${keptIn(kept)} of all rows of ${table.name} to ${archive.name}, batch by batch`,
    reason: 'one pass along the key, each batch with its ledger row; the old column has no writers any more',
  }),
}

/** The fill of a rollback. */
export const broughtBack = ({ name }: TableRef, groups: readonly FillGroup[]): Wording | null =>
  groups.some(({ once }) => once?.swept)
    ? {
        title: `bring back ${groups.flatMap(({ set }) => set.map(({ column }) => column)).join(', ')} of ${name}, batch by batch`,
        reason:
          'each row gets what was kept of it, unless its new shape has changed since; then the old one is made from that',
      }
    : null
