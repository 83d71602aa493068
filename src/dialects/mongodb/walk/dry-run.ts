import type { DocumentAction, FieldGroup } from '../../../program/document-action.ts'
import type { Written } from '../../../program/written.ts'
import { aggregate, lock, ofPage } from '../connect/commands.ts'
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
  const converted = groups.filter((group) => group.kind === 'convert')
  return {
    run: 'try documents',
    locks: [lock.none(table, 'scan')],
    along: pages(name),
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
    unique: uniques.map(({ definition }) => duplicates(name, definition, guardedStages(groups))),
    note: converted.map((group) => noteNew(name, group)),
    undo: converted.map(dropAside),
    ...(undoRemovesFields && clearing(name, groups)),
  }
}

const isFatal = (group: FieldGroup): boolean =>
  group.kind !== 'fill' && group.unparsed === 'fail' && (group.kind === 'convert' || !group.identical)
