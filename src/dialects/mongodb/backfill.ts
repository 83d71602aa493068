import type {
  DocumentAction,
  FieldFill,
  FieldGroup,
  FieldPair,
  FieldValue,
} from '../../compiler/documents/action.ts'
import type { Written } from '../../compiler/step.ts'
import { and, cond, type Expr, eq, isNull, ne, not, or, orNull } from './aggregate.ts'
import { conversion, exprOf, inDocument, matching, ofConversion, ofFill, ofPair } from './agreement.ts'
import { aggregate, counting, lock, numbered, ofPage, update, walking } from './commands.ts'
import { keepAside, undoConversion } from './conversion.ts'
import type { Doc } from './json.ts'
import { differing, measures, pages } from './pages.ts'
import { type Assignment, anyThere, read, setStage, some, unsetStage } from './paths.ts'

type Fill = Extract<DocumentAction, { do: 'fill_fields' }>
type Settle = Extract<DocumentAction, { do: 'settle' }>

/** A document that one of the groups would have to write. */
const needs = (groups: readonly FieldGroup[]): Doc => matching(or(...groups.map(inDocument.needs)))

/** The conversions keep aside what they take away; the last text is the write itself. */
const batch = (collection: string, groups: readonly FieldGroup[]): string[] => [
  ...groups.flatMap((group) => (group.kind === 'convert' ? [keepAside(collection, group)] : [])),
  update(collection, needs(groups), stages(groups)),
]

/** The guard has the sole group's test already, as far as a document is all there is to test. */
const stages = (groups: readonly FieldGroup[]): Doc[] => groups.flatMap((group) => stagesOf(group, groups))

function stagesOf(group: FieldGroup, all: readonly FieldGroup[]): Doc[] {
  const when = (test: Expr) => (all.length === 1 && group.container === '' ? true : test)
  if (group.kind === 'fill')
    return [setStage(group.container, [constantOf(group)], when(ofFill.needs(group)))]
  if (group.kind === 'convert')
    return [
      setStage(
        group.container,
        [{ field: group.field, value: conversion(group), removes: false }],
        when(ofConversion.needs(group)),
      ),
    ]
  if (group.wins === 'old') return [setStage(group.container, ups(group), when(ofPair.needsUp(group)))]
  // Each of them leaves alone what the other one is there for.
  return [
    setStage(group.container, ups(group), ofPair.needsUp(group)),
    setStage(group.container, downs(group), ofPair.needsDown(group)),
  ]
}

const constantOf = ({ up: [one] }: FieldFill): Assignment => ({
  field: one.field,
  value: exprOf(one),
  removes: false,
})

const assigned = (group: FieldPair, one: FieldValue, value: Expr): Assignment => ({
  field: one.field,
  value,
  removes: !group.identical,
})

const downs = (group: FieldPair): Assignment[] => group.down.map((one) => assigned(group, one, exprOf(one)))

function ups(group: FieldPair): Assignment[] {
  if (group.identical || group.unparsed !== 'default')
    return group.up.map((one) => assigned(group, one, exprOf(one)))
  const parsed = or(...group.up.map((one) => ne(orNull(exprOf(one)), null)))
  return group.up.map((one) => {
    const fallback = group.fallback.find(({ field }) => field === one.field)
    return assigned(group, one, cond(parsed, exprOf(one), fallback ? exprOf(fallback) : null))
  })
}

/**
 * Documents that lack the new shape get it, page by page. An update computes from the document as it is at that moment, and
 * its guard is looked at again with each, so repeats and writers beside it do no harm.
 */
export function fillFields({ table, groups }: Fill): Written {
  const { name } = table
  return walking(
    [lock.batch(table)],
    {
      ...pages(name),
      ...measures(name, needs(groups)),
      ...numbered('batch', batch(name, groups)),
      ...numbered('undo', undoFill(name, groups)),
    },
    groups.flatMap((group) => lossesOf(name, group)),
  )
}

export const settle = ({ table, groups }: Settle): Written =>
  walking([lock.batch(table)], {
    ...pages(table.name),
    ...measures(table.name, needs(groups)),
    ...differing(table.name, needs(groups)),
    ...numbered('batch', batch(table.name, groups)),
  })

/** What only the new side has goes to the old one; then the new fields go. Conversions go back to what was kept aside. */
function undoFill(collection: string, groups: readonly FieldGroup[]): string[] {
  const pairs = groups.filter((group) => group.kind === 'pair')
  const added = groups.flatMap((group) =>
    group.kind === 'convert' ? [] : group.up.map(({ field }) => field),
  )
  const back = pairs
    .filter((group) => ofPair.orphaned(group) !== false)
    .map((group) => setStage(group.container, downs(group), ofPair.orphaned(group)))
  return [
    ...groups.flatMap((group) => (group.kind === 'convert' ? undoConversion(collection, group) : [])),
    ...(added.length > 0 ? [update(collection, anyThere(added), [...back, unsetStage(added)])] : []),
  ]
}

/** Brings both shapes together again before they are sealed; the new side counts, since only it was written. */
export function undoRelax(collection: string, groups: readonly FieldGroup[]): Record<string, string> {
  const pairs = groups.filter((group) => group.kind === 'pair')
  if (pairs.length === 0) return {}
  const lacking = (group: FieldPair) => ofPair.needsUp({ ...group, wins: 'new' })
  const guard = matching(
    or(...pairs.map((group) => some(group.container, or(ofPair.newOnly(group), lacking(group))))),
  )
  const both = pairs.flatMap((group) => [
    ...(group.down.length > 0 ? [setStage(group.container, downs(group), ofPair.newOnly(group))] : []),
    setStage(group.container, ups(group), lacking(group)),
  ])
  return { ...pages(collection), undo: update(collection, guard, both) }
}

function lossesOf(collection: string, group: FieldGroup): { what: string; query: string; most?: string }[] {
  const [field = ''] = group.kind === 'convert' ? [group.field] : group.up.map((one) => one.field)
  const rows = (test: Expr) => counting(collection, matching(some(group.container, test)), 'rows')
  if (group.kind === 'pair')
    return [
      {
        what: `values of ${field} that ${group.down.map((one) => one.field).join(', ') || 'the old shape'} does not have`,
        query: rows(ofPair.differs(group)),
        most: counting(collection, anyThere([field]), 'rows'),
      },
    ]
  if (group.kind === 'fill')
    return [
      {
        what: `values of ${field} other than the one it was filled with`,
        query: rows(filledOtherwise(group)),
      },
    ]
  // What is neither kept aside nor converted back stays as it is.
  return [
    {
      what: `values of ${field} that cannot be converted back unless they were kept`,
      query: rows(and(ofConversion.isNew(group), isNull(exprOf({ value: group.back })))),
    },
  ]
}

const filledOtherwise = ({ container, up: [one] }: FieldFill): Expr => {
  const at = read(container, one.field)
  return and(not(isNull(at)), one.value.volatile ? true : not(eq(at, exprOf(one))))
}

/** Tries the conversion and counts; nothing is written. */
export function rehearse({ table, groups }: Extract<DocumentAction, { do: 'rehearse' }>): Written {
  const { name } = table
  const failing = groups.filter(({ kind }) => kind !== 'fill').filter(isFatal)
  const settled = groups.filter((group) => group.kind !== 'fill' && !isFatal(group))
  const any = (some: readonly FieldGroup[], test: (group: FieldGroup) => Expr) => or(...some.map(test))
  const unparsed = any(failing, inDocument.unparsed)
  const taken = any(groups, inDocument.taken)
  const sum = (test: Expr) => ({ $sum: test === false ? 0 : cond(test, 1, 0) })
  return walking([lock.none(table, 'scan')], {
    ...pages(name),
    count: aggregate(name, [
      { $match: ofPage({}) },
      {
        $group: {
          _id: null,
          unparsed: sum(unparsed),
          settled: sum(any(settled, inDocument.unparsed)),
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
  })
}

const isFatal = (group: FieldGroup): boolean =>
  group.kind !== 'fill' && group.unparsed === 'fail' && (group.kind === 'convert' || !group.identical)
