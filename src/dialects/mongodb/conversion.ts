import type { FieldConversion } from '../../compiler/documents/action.ts'
import { and, bind, cond, type Expr, eq, isMissing, not, or } from './aggregate.ts'
import { conversion, exprOf, inDocument, matching, ofConversion } from './agreement.ts'
import { aggregate, ofPage, statement, update } from './commands.ts'
import type { Doc } from './json.ts'
import { helperName } from './names.ts'
import { setStage, some } from './paths.ts'

/** What is kept is the top-level field that holds it all, so that arrays come back in their order. */
const rootOf = ({ field }: FieldConversion): string => field.split('.')[0] ?? field

/** Values before their conversion, by the key of their document. What is kept already is not touched. */
export const keepAside = (collection: string, group: FieldConversion): string =>
  aggregate(collection, [
    { $match: ofPage(matching(inDocument.needs(group))) },
    { $project: { value: `$${rootOf(group)}` } },
    { $merge: { into: group.aside, on: '_id', whenMatched: 'keepExisting', whenNotMatched: 'insert' } },
  ])

/**
 * First the kept value goes beside the converted one, under a name of ours; then one update decides and takes it away again.
 * Read and written in one go it would be a race: who writes in between would be overwritten. The name of ours is no
 * concern of the collection's rules, which is why the first of them passes them by.
 */
export function undoConversion(collection: string, group: FieldConversion): string[] {
  const beside = helperName('plan_kept', group.aside)
  const root = rootOf(group)
  const [stage] = Object.values(setStage(group.container, [forward(group)], ofConversion.needs(group)))
  const again = (stage as Doc)[root]
  return [
    statement({
      aggregate: group.aside,
      pipeline: [
        { $match: ofPage({}) },
        { $project: { [beside]: '$value' } },
        { $merge: { into: collection, on: '_id', whenMatched: 'merge', whenNotMatched: 'discard' } },
      ],
      cursor: {},
      bypassDocumentValidation: true,
    }),
    update(
      collection,
      { $or: [{ [beside]: { $exists: true } }, matching(some(group.container, ofConversion.isNew(group)))] },
      [
        { $set: { [beside]: keptIfStill(beside, root, again) } },
        { $set: restored(group, beside, root) },
        { $unset: [beside] },
      ],
    ),
  ]
}

const forward = (group: FieldConversion) => ({
  field: group.field,
  value: conversion(group),
  removes: false,
})

/** What the kept value would be if it were converted now is what stands there: then nobody wrote it since. */
function keptIfStill(beside: string, root: string, again: Expr): Expr {
  const converted = onlyUnder(again, root, beside)
  return cond(
    isMissing(`$${beside}`),
    '$$REMOVE',
    bind(
      { again: converted },
      cond(
        and(eq('$$again', `$${root}`), eq({ $type: '$$again' }, { $type: `$${root}` })),
        `$${beside}`,
        '$$REMOVE',
      ),
    ),
  )
}

/** The conversion of what stands at the root, of what stands beside it. */
function onlyUnder(expression: Expr, root: string, beside: string): Expr {
  if (typeof expression === 'string')
    return expression === `$${root}` || expression.startsWith(`$${root}.`)
      ? `$${beside}${expression.slice(root.length + 1)}`
      : expression
  if (Array.isArray(expression)) return expression.map((one) => onlyUnder(one, root, beside))
  if (typeof expression !== 'object' || expression === null) return expression
  return Object.fromEntries(
    Object.entries(expression).map(([name, value]) => [
      name,
      name === '$literal' ? value : onlyUnder(value, root, beside),
    ]),
  )
}

/** Where nothing was kept, what `back` makes of it; where that makes nothing of it either, it stays. */
function restored(group: FieldConversion, beside: string, root: string): Doc {
  const back = exprOf({ value: group.back })
  const can = not(or(isMissing(back), eq({ $type: back }, 'null')))
  const stage = setStage(
    group.container,
    [{ field: group.field, value: back, removes: false }],
    and(ofConversion.isNew(group), can),
  )
  return {
    [root]: cond(isMissing(`$${beside}`), (stage['$set'] as Doc)[root], `$${beside}`),
  }
}
