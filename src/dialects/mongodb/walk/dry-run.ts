import type { DocumentAction, FieldGroup } from '../../../program/document-action.ts'
import type { Written } from '../../../program/written.ts'
import { aggregate, lock, numbered, ofPage, walking } from '../connect/commands.ts'
import { cond, type Expr, or } from '../language/aggregate.ts'
import { inDocument, matching } from '../language/agreement.ts'
import { clearing, guardedStages, needs, stages } from './backfill.ts'
import { dropAside, noteNew } from './conversion.ts'
import { duplicates, tooLarge } from './limits.ts'
import { pages } from './pages.ts'

/** Tries the conversion and counts; writes nothing. */
export function dryRunConversion({
  table,
  groups,
  undoRemovesFields,
  uniques,
}: Extract<DocumentAction, { do: 'dry_run_conversion' }>): Written {
  const { name } = table
  const failing = groups.filter(({ kind }) => kind !== 'fill').filter(isFatal)
  const answered = groups.filter((group) => group.kind !== 'fill' && !isFatal(group))
  const any = (some: readonly FieldGroup[], test: (group: FieldGroup) => Expr) => or(...some.map(test))
  const unparsed = any(failing, inDocument.unparsed)
  const taken = any(groups, inDocument.taken)
  const sum = (test: Expr) => ({ $sum: test === false ? 0 : cond(test, 1, 0) })
  const cleared = undoRemovesFields ? clearing(name, groups) : {}
  const converted = groups.filter((group) => group.kind === 'convert')
  const queries = {
    ...pages(name),
    count: aggregate(name, [
      { $match: ofPage({}) },
      {
        $group: {
          _id: null,
          unparsed: sum(unparsed),
          answered: sum(any(answered, inDocument.unparsed)),
          taken: sum(taken),
        },
      },
      { $project: { _id: 0 } },
    ]),
    sample: aggregate(name, [
      { $match: ofPage(matching(or(unparsed, taken))) },
      { $limit: 5 },
      {
        $project: {
          _id: 0,
          key: '$_id',
          why: unparsed === false ? 'taken' : cond(unparsed, 'unparsed', 'taken'),
        },
      },
    ]),
    ...(groups.length > 0 && { large: tooLarge(name, groups, needs(groups), stages(groups)) }),
    ...numbered(
      'unique',
      uniques.map(({ definition }) => duplicates(name, definition, guardedStages(groups))),
    ),
    ...numbered(
      'note',
      converted.map((group) => noteNew(name, group)),
    ),
    ...cleared.queries,
  }
  const written = walking([lock.none(table, 'scan')], queries, cleared.losses)
  return { ...written, undo: converted.map(dropAside) }
}

const isFatal = (group: FieldGroup): boolean =>
  group.kind !== 'fill' && group.unparsed === 'fail' && (group.kind === 'convert' || !group.identical)
