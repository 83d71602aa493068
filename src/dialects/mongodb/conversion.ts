import type { FieldConversion } from '../../program/document-action.ts'
import { and, bind, cond, type Expr, eq, isMissing, isNull, literal, not, or } from './aggregate.ts'
import { conversion, exprOf, inDocument, matching, ofConversion } from './agreement.ts'
import { aggregate, ofPage, statement, update } from './commands.ts'
import type { Doc } from './json.ts'
import { helperName } from './names.ts'
import { read, same, setStage, some } from './paths.ts'

/** Of an array the top-level field that holds it all is kept, so that it comes back in its order. */
const keptOf = ({ container, field }: FieldConversion): string =>
  container === '' ? field : (field.split('.')[0] ?? field)

/**
 * Values before their conversion, by the key of their document. Whoever writes the old type again meanwhile means that
 * value; of an array only the first one is whole, since what comes to it later stands beside what is converted already.
 */
export const keepAside = (collection: string, group: FieldConversion): string =>
  aggregate(collection, [
    { $match: ofPage(matching(inDocument.needs(group))) },
    { $project: { value: `$${keptOf(group)}` } },
    {
      $merge: {
        into: group.aside,
        on: '_id',
        whenMatched: group.container === '' ? 'replace' : 'keepExisting',
        whenNotMatched: 'insert',
      },
    },
  ])

/**
 * Documents that have the new type before anything is converted: whoever goes back leaves them as they are. Nothing else tells them from
 * those that the application writes from now on.
 */
export const noteNew = (collection: string, group: FieldConversion): string =>
  aggregate(collection, [
    {
      $match: ofPage(
        matching(and(some(group.container, ofConversion.isNew(group)), not(inDocument.needs(group)))),
      ),
    },
    // Of a list that changes later only what was there says whether it is the same one.
    { $project: { had: literal(true), ...(group.container !== '' && { value: `$${keptOf(group)}` }) } },
    { $merge: { into: group.aside, on: '_id', whenMatched: 'keepExisting', whenNotMatched: 'insert' } },
  ])

/** What was kept is of no use once all of it is back, and would be out of date for a second try. */
export const forgetKept = ({ aside }: FieldConversion): string =>
  statement({ delete: aside, deletes: [{ q: { had: { $ne: true } }, limit: 0 }] })

export const dropAside = ({ aside }: FieldConversion): string => statement({ drop: aside })

/**
 * First the kept value goes beside the converted one, under a name of ours; then one update decides and takes it away again.
 * Read and written in one go it would be a race: who writes in between would be overwritten. The name of ours is no
 * concern of the collection's rules, which is why the first of them passes them by.
 */
export function undoConversion(collection: string, group: FieldConversion): string[] {
  const beside = helperName('plan_kept', group.aside)
  const kept = keptOf(group)
  return [
    statement({
      aggregate: group.aside,
      pipeline: [
        { $match: ofPage({}) },
        { $project: { [beside]: { value: '$value', had: '$had' } } },
        { $merge: { into: collection, on: '_id', whenMatched: 'merge', whenNotMatched: 'discard' } },
      ],
      cursor: {},
      bypassDocumentValidation: true,
    }),
    update(
      collection,
      { $or: [{ [beside]: { $exists: true } }, matching(some(group.container, ofConversion.isNew(group)))] },
      [
        { $set: { [beside]: keptIfStill(group, beside, kept) } },
        restored(group, beside, kept),
        { $unset: [beside] },
      ],
    ),
  ]
}

/** What the conversion makes of the place that is kept. */
function again(group: FieldConversion, kept: string): Expr {
  if (group.container === '') return conversion(group)
  const [stage] = Object.values(setStage(group.container, [forward(group)], ofConversion.needs(group)))
  return (stage as Doc)[kept]
}

const forward = (group: FieldConversion) => ({
  field: group.field,
  value: conversion(group),
  removes: false,
})

/** What the kept value would be if it were converted now is what stands there: then nobody wrote it since. */
function keptIfStill(group: FieldConversion, beside: string, kept: string): Expr {
  const converted = readingFrom(again(group, kept), `$${kept}`, `$${beside}.value`)
  return cond(
    or(isMissing(`$${beside}`), group.container === '' && eq(`$${beside}.had`, true)),
    `$${beside}`,
    bind({ again: converted }, cond(same('$$again', `$${kept}`), `$${beside}`, '$$REMOVE')),
  )
}

/** The same expression over what stands elsewhere. */
function readingFrom(expression: Expr, path: string, other: string): Expr {
  if (typeof expression === 'string') {
    const plain = expression.replace(/^\$\$(?:ROOT|CURRENT)\./, '$')
    return plain === path || plain.startsWith(`${path}.`) ? `${other}${plain.slice(path.length)}` : expression
  }
  if (Array.isArray(expression)) return expression.map((one) => readingFrom(one, path, other))
  if (typeof expression !== 'object' || expression === null) return expression
  return Object.fromEntries(
    Object.entries(expression).map(([name, value]) => [
      name,
      name === '$literal' ? value : readingFrom(value, path, other),
    ]),
  )
}

/** It has the new type, and what `back` makes of it leads to the very same again: nothing of it is lost on the way. */
export function comesBack(group: FieldConversion): Expr {
  const at = read(group.container, group.field)
  return and(
    ofConversion.isNew(group),
    bind(
      { back: exprOf({ value: group.back }) },
      and(not(isNull('$$back')), same(readingFrom(conversion(group), at, '$$back'), at)),
    ),
  )
}

/** Where nothing was kept, what `back` makes of it; where that is not the same value in its old type, it stays. */
function restored(group: FieldConversion, beside: string, kept: string): Doc {
  const { container, field } = group
  const back = exprOf({ value: group.back })
  const can = comesBack(group)
  const none = isMissing(`$${beside}`)
  const old = cond(eq(`$${beside}.had`, true), `$${kept}`, `$${beside}.value`)
  if (container === '')
    return setStage('', [{ field, value: cond(none, back, old), removes: false }], or(not(none), can))
  const stage = setStage(container, [{ field, value: back, removes: false }], can)
  return { $set: { [kept]: cond(none, (stage['$set'] as Doc)[kept], `$${beside}.value`) } }
}
