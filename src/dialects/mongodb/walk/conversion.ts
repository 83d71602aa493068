import type { FieldConversion } from '../../../program/document-action.ts'
import { aggregate, ofPage, statement, update } from '../connect/commands.ts'
import { and, bind, cond, type Expr, eq, isMissing, isNull, literal, not, or } from '../language/aggregate.ts'
import { conversion, exprOf, inDocument, matching, ofConversion } from '../language/agreement.ts'
import type { Doc } from '../language/json.ts'
import { helperName } from '../language/names.ts'
import { read, same, setStage, some } from '../language/paths.ts'

/** The field to keep. For an array this is the top-level field that contains it, so that its order can be restored. */
const keptOf = ({ container, field }: FieldConversion): string =>
  container === '' ? field : (field.split('.')[0] ?? field)

/**
 * Stores values before their conversion, by document key. When an application writes the old type again meanwhile, the
 * later value counts. For an array only the first stored value is whole: later additions are next to elements that are
 * already converted.
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
 * Records documents that have the new type before the conversion: a rollback leaves them as they are. Nothing else
 * distinguishes them from documents that the application writes later.
 */
export const noteNew = (collection: string, group: FieldConversion): string =>
  aggregate(collection, [
    {
      $match: ofPage(
        matching(and(some(group.container, ofConversion.isNew(group)), not(inDocument.needs(group)))),
      ),
    },
    // Of a list that changes later only its old content tells whether it is the same list.
    { $project: { had: literal(true), ...(group.container !== '' && { value: `$${keptOf(group)}` }) } },
    { $merge: { into: group.aside, on: '_id', whenMatched: 'keepExisting', whenNotMatched: 'insert' } },
  ])

/** Deletes the kept values once all are restored. For a second try they would be out of date. */
export const forgetKept = ({ aside }: FieldConversion): string =>
  statement({ delete: aside, deletes: [{ q: { had: { $ne: true } }, limit: 0 }] })

export const dropAside = ({ aside }: FieldConversion): string => statement({ drop: aside })

/**
 * First the kept value is written beside the converted one, under a name of ours. Then one update decides and removes it
 * again. Reading and writing in two steps would overwrite a concurrent write. The collection's validator does not know
 * our name, so the first update bypasses it.
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

/** The conversion applied to the kept value. */
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

/** The kept value, if converting it now gives the present value: then nobody has written it since. */
function keptIfStill(group: FieldConversion, beside: string, kept: string): Expr {
  const converted = readingFrom(again(group, kept), `$${kept}`, `$${beside}.value`)
  return cond(
    or(isMissing(`$${beside}`), group.container === '' && eq(`$${beside}.had`, true)),
    `$${beside}`,
    bind({ again: converted }, cond(same('$$again', `$${kept}`), `$${beside}`, '$$REMOVE')),
  )
}

/** The same expression, reading from another place. */
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

/** It has the new type, and converting it with `back` and forth gives the same value, so nothing is lost. */
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

/** Without a kept value, the result of `back`; when that does not give the same value in its old type, the value stays. */
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
