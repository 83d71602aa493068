import type { DocumentAction, FieldPair } from '../../../program/document-action.ts'
import type { Written } from '../../../program/written.ts'
import { aggregate, lock, ofPage, update } from '../connect/commands.ts'
import { not, or } from '../language/aggregate.ts'
import { inDocument, matching } from '../language/agreement.ts'
import type { Doc } from '../language/json.ts'
import { anyThere, unsetStage } from '../language/paths.ts'
import { measures, pages } from './pages.ts'

/** Removes the old fields, page by page. From the first page on there is no way back. */
export function unsetFields({
  table,
  fields,
  archive,
  keeps,
}: Extract<DocumentAction, { do: 'unset_fields' }>): Written {
  const { name } = table
  const guard = { ...anyThere(fields), ...unless(keeps) }
  return {
    run: 'fill',
    undo: [],
    locks: [lock.batch(table)],
    along: pages(name),
    ...measures(name, guard),
    batch: [
      ...(archive === null ? [] : [copy(name, fields, archive, guard)]),
      update(name, guard, [unsetStage(fields)]),
    ],
    emptied: [],
  }
}

/** Documents that could not be converted stay as they are. */
function unless(keeps: readonly FieldPair[]): Doc {
  const unparsed = or(
    ...keeps.filter(({ unparsed }) => unparsed === 'keep').map((group) => inDocument.unparsed(group)),
  )
  return unparsed === false ? {} : matching(not(unparsed))
}

/** Copies what is removed into the archive, by document key. */
const copy = (collection: string, fields: readonly string[], archive: string, guard: Doc): string =>
  aggregate(collection, [
    { $match: ofPage(guard) },
    { $project: Object.fromEntries(fields.map((field) => [field, 1])) },
    { $merge: { into: archive, on: '_id', whenMatched: 'merge', whenNotMatched: 'insert' } },
  ])
