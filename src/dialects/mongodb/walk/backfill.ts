import type {
  DocumentAction,
  FieldConversion,
  FieldFill,
  FieldGroup,
  FieldPair,
  FieldValue,
} from '../../../program/document-action.ts'
import type { Written } from '../../../program/written.ts'
import { aggregate, counting, lock, update } from '../connect/commands.ts'
import { and, cond, type Expr, eq, isNull, ne, not, or, orNull } from '../language/aggregate.ts'
import {
  conversion,
  exprOf,
  inDocument,
  matching,
  ofConversion,
  ofFill,
  ofPair,
  sealOf,
} from '../language/agreement.ts'
import type { Doc } from '../language/json.ts'
import { type Assignment, anyThere, read, setStage, some, unsetStage } from '../language/paths.ts'
import { comesBack, forgetKept, keepAside, undoConversion } from './conversion.ts'
import { differing, measures, pages, stuck } from './pages.ts'
import { holds } from './verify.ts'

type Fill = Extract<DocumentAction, { do: 'fill_fields' }>
type AwaitQuiescence = Extract<DocumentAction, { do: 'await_quiescence' }>

/** Matches documents that one of the groups would have to write. */
export const needs = (groups: readonly FieldGroup[]): Doc => matching(or(...groups.map(inDocument.needs)))

/** The statements of a batch. Conversions first keep the old values; the last statement is the write itself. */
const batch = (collection: string, groups: readonly FieldGroup[]): string[] => [
  ...groups.flatMap((group) => (group.kind === 'convert' ? [keepAside(collection, group)] : [])),
  update(collection, needs(groups), stages(groups)),
]

/** With a single group the guard already contains its test, if the document is all that it tests. */
export const stages = (groups: readonly FieldGroup[]): Doc[] =>
  groups.flatMap((group) => stagesOf(group, groups))

/** The stages with their own tests, for pages in which some documents need nothing. */
export const guardedStages = (groups: readonly FieldGroup[]): Doc[] =>
  groups.flatMap((group) => stagesOf(group, [group, ...groups]))

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
  // Neither stage changes what the other one is for.
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

export const downs = (group: FieldPair): Assignment[] =>
  group.down.map((one) => assigned(group, one, exprOf(one)))

export function ups(group: FieldPair): Assignment[] {
  if (group.identical || group.unparsed !== 'default')
    return group.up.map((one) => assigned(group, one, exprOf(one)))
  const parsed = or(...group.up.map((one) => ne(orNull(exprOf(one)), null)))
  return group.up.map((one) => {
    const fallback = group.fallback.find(({ field }) => field === one.field)
    return assigned(group, one, cond(parsed, exprOf(one), fallback ? exprOf(fallback) : null))
  })
}

/**
 * Documents that lack the new shape get it, page by page. An update computes from the document at that moment and checks
 * its guard again, so repeats and concurrent writers do no harm.
 */
export function fillFields({ table, groups }: Fill): Written {
  const { name } = table
  const converted = groups.filter((group) => group.kind === 'convert')
  // New fields may stay until nobody writes them any more: undoing the first phase removes them. When some documents had
  // the field before, only filled-in values may be removed.
  const undo = [
    ...converted.flatMap((group) => undoConversion(name, group)),
    ...groups.filter(hadBefore).flatMap((group) => emptied(name, group)),
  ]
  const losses = groups
    .filter((group) => group.kind === 'convert' || hadBefore(group))
    .flatMap((group) => lossesOf(name, group))
  return {
    run: 'fill',
    locks: [lock.batch(table)],
    along: pages(name),
    ...measures(name, needs(groups)),
    batch: batch(name, groups),
    emptied: emptying(name, groups),
    undo: converted.map(forgetKept),
    ...undoneBy(name, undo),
    ...(losses.length > 0 && { losses }),
  }
}

/** Empties the new side in documents whose old side somebody removed. Inside lists that cannot be told. */
const emptying = (collection: string, groups: readonly FieldGroup[]): string[] =>
  groups.flatMap((group) =>
    group.kind === 'pair' && group.container === '' && group.down.length > 0
      ? [
          update(collection, matching(ofPair.emptied(group)), [
            unsetStage(group.up.map(({ field }) => field)),
          ]),
        ]
      : [],
  )

/**
 * Removes the new fields, page by page. Values that only they hold are converted back to the old fields first. The same
 * is done with values that somebody wrote in the new type before the conversion, or after it was undone.
 */
export function clearing(
  collection: string,
  groups: readonly FieldGroup[],
): Pick<Written, 'undoWalk' | 'losses'> {
  const added = groups.filter((group) => group.kind !== 'convert')
  const undo = [
    ...undoFill(collection, added),
    ...groups.flatMap((group) => (group.kind === 'convert' ? undoConversion(collection, group) : [])),
  ]
  const losses = groups.filter((group) => !hadBefore(group)).flatMap((group) => lossesOf(collection, group))
  return {
    ...undoneBy(collection, undo),
    ...(losses.length > 0 && { losses }),
  }
}

/** How a walk is undone: page by page, by these texts. */
const undoneBy = (collection: string, undo: readonly string[]): Pick<Written, 'undoWalk'> =>
  undo.length === 0 ? {} : { undoWalk: { along: pages(collection), undo } }

const sealing = ({ groups, required }: AwaitQuiescence): Expr =>
  and(sealOf(groups), ...required.map((one) => holds({ rule: 'present', ...one })))

export const awaitQuiescence = ({ table, groups, required, ...more }: AwaitQuiescence): Written => ({
  run: 'sweep',
  undo: [],
  locks: [lock.batch(table)],
  along: pages(table.name),
  ...measures(table.name, needs(groups)),
  differs: differing(table.name, needs(groups)),
  stuck: stuck(table.name, matching(not(sealing({ table, groups, required, ...more })))),
  batch: batch(table.name, groups),
})

function undoFill(collection: string, groups: readonly Exclude<FieldGroup, FieldConversion>[]): string[] {
  const added = groups.flatMap((group) => (hadBefore(group) ? [] : group.up.map(({ field }) => field)))
  const back = groups.flatMap((group) =>
    group.kind === 'pair' && ofPair.orphaned(group) !== false
      ? [setStage(group.container, downs(group), ofPair.orphaned(group))]
      : [],
  )
  return added.length > 0 ? [update(collection, anyThere(added), [...back, unsetStage(added)])] : []
}

const hadBefore = (group: FieldGroup): group is FieldFill => group.kind === 'fill' && group.before === true

/** Matches values equal to the filled-in one; null when these cannot be told from others. */
const mistakable = ({ container, up: [one] }: FieldFill): Doc | null =>
  one.value.volatile || container !== '' || one.field.includes('.')
    ? null
    : matching(eq(`$${one.field}`, exprOf(one)))

/**
 * Removes a filled-in field only where it was certainly filled in: when others had it before, or the value differs each
 * time.
 */
function emptied(collection: string, group: FieldFill): string[] {
  const filled = mistakable(group)
  return filled === null ? [] : [update(collection, filled, [unsetStage([group.up[0].field])])]
}

/**
 * Makes both shapes equal again before they are sealed. The new side counts, because only it was written. Fields that
 * were removed without a replacement are filled.
 */
export function undoRelax(collection: string, groups: readonly FieldGroup[]): Pick<Written, 'undoWalk'> {
  const changes = groups.flatMap(restoring)
  if (changes.length === 0) return {}
  const guard = matching(or(...changes.map(({ container, when }) => some(container, when))))
  const stages = changes.map(({ container, set, when }) => setStage(container, set, when))
  return undoneBy(collection, [update(collection, guard, stages)])
}

type Change = { readonly container: string; readonly set: readonly Assignment[]; readonly when: Expr }

function restoring(group: FieldGroup): Change[] {
  const { container } = group
  if (group.kind === 'convert') return []
  if (group.kind === 'fill') return [{ container, set: [constantOf(group)], when: ofFill.needs(group) }]
  const back: Change = { container, set: downs(group), when: ofPair.newOnly(group) }
  const up: Change = { container, set: ups(group), when: ofPair.needsUp({ ...group, wins: 'new' }) }
  return group.down.length > 0 ? [back, up] : [up]
}

function lossesOf(collection: string, group: FieldGroup): { what: string; query: string; most?: string }[] {
  const [field = ''] = group.kind === 'convert' ? [group.field] : group.up.map((one) => one.field)
  const rows = (test: Expr) => counting(collection, matching(some(group.container, test)), 'rows')
  if (group.kind === 'pair')
    return [
      {
        what: `values of ${field} that ${group.down.map((one) => one.field).join(', ') || 'the old shape'} does not have`,
        query: rows(or(ofPair.differs(group), ofPair.stranded(group))),
        most: counting(collection, anyThere([field]), 'rows'),
      },
    ]
  if (group.kind === 'fill' && group.before) {
    const what = `values of ${field} that equal the filled-in one, even where the application wrote them`
    const mistaken = mistakable(group)
    return mistaken === null ? [] : [{ what, query: counting(collection, mistaken, 'rows') }]
  }
  if (group.kind === 'fill')
    return [
      {
        what: `values of ${field} other than the one it was filled with`,
        query: rows(filledOtherwise(group)),
      },
    ]
  // What was neither kept nor can be converted back stays as it is.
  const unkept = [
    { $match: matching(some(group.container, and(ofConversion.isNew(group), not(comesBack(group))))) },
    { $lookup: { from: group.aside, localField: '_id', foreignField: '_id', as: 'kept' } },
    { $match: { kept: [] } },
    { $count: 'rows' },
  ]
  return [
    {
      what: `values of ${field} that would not be the same after the way back: they stay as they are`,
      query: aggregate(collection, unkept),
    },
  ]
}

const filledOtherwise = ({ container, up: [one] }: FieldFill): Expr => {
  const at = read(container, one.field)
  return and(not(isNull(at)), one.value.volatile ? true : not(eq(at, exprOf(one))))
}
