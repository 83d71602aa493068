import type { Position } from '../../../errors.ts'
import type { Value } from '../../../plan/value.ts'
import type { Field, FieldPair, FieldValue } from '../../../program/document-action.ts'
import type { Collection } from '../../../schema/collection.ts'
import { refuse } from '../../refuse.ts'
import { type DocumentContext, expressionFor, only, refOf, typesFor } from '../context.ts'
import { type DocumentOutline, type DocumentPart, outlineOf } from '../outline.ts'
import { dropped } from './drop.ts'
import { containerOf, requireApart, requireField, requireKnown } from './fields.ts'
import { newIndex, requireLasting, unreplaced } from './indexes.ts'
import { lenience, requireCollection, requireComparable, requireFollowed } from './preconditions.ts'

/** A field of the new side, and its place in the plan. */
export type Made = {
  readonly field: Field
  readonly value: Value
  readonly types: readonly string[] | undefined
  readonly required: boolean
  readonly index: boolean
  readonly fallback: Value | undefined
  /** The place of one of its keys; without a key, of its name. */
  readonly at: (...key: string[]) => Position
}

/** A field of the old side, and how it is computed from the new one. */
export type Source = {
  readonly field: Field
  readonly back: Value
  readonly at: Position
  readonly backAt: Position
}

type Wish = {
  /** The word for it in messages: `split`. */
  readonly says: string
  readonly collection: string
  readonly old: readonly Source[]
  readonly made: readonly Made[]
  readonly unparsed: 'fail' | 'keep' | 'default'
}

/** Data in another shape; the way back need not give exactly the same value. */
export function pairOf(context: DocumentContext, wish: Wish): DocumentOutline {
  const { says, old, made, unparsed } = wish
  const place = context.at('collection')
  const collection = requireCollection(context, wish.collection, place)
  requireComparable(collection, place)
  const unseen = old.flatMap(({ field, at }) => requireKnown(context, collection, field, at))
  for (const { field, at } of made) {
    requireField(context, collection, field, at())
    requireLasting(context, collection, field, at())
  }
  const places = [...old, ...made.map(({ field, at }) => ({ field, at: at() }))]
  requireApart(places)
  for (const { field, at } of places) requireFollowed(context, collection, field, at)
  const container = containerOf(collection, places)
  const olds = old.map(({ field }) => field)
  const news = made.map(({ field }) => field)
  const spelled = made.map((one) => ({
    ...one,
    types: typesFor(context, one.types, one.at('bson_type')),
  }))
  for (const one of spelled) requireValue(one, unparsed)
  const up = spelled.map(({ field, value, types, at }): FieldValue => {
    const written = expressionFor(context, value, container, types, at('value'))
    if (written.volatile)
      refuse(
        'PLAN_EXPRESSION',
        `${field}: this cannot come from a value that changes each time`,
        'use an expression that always gives the same for the same document',
        at('value'),
      )
    only(written.reads, olds, says, at('value'))
    return { field, value: written }
  })
  const down = old.map(({ field, back, backAt }): FieldValue => {
    const written = expressionFor(context, back, container, [], backAt)
    only(written.reads, news, says, backAt)
    return { field, value: written }
  })
  const group: FieldPair = {
    kind: 'pair',
    container,
    up,
    down,
    identical: false,
    wins: winner(context),
    unparsed,
    fallback: spelled.flatMap(({ field, fallback, types, at }) =>
      fallback === undefined
        ? []
        : [{ field, value: expressionFor(context, fallback, container, types, at('default')) }],
    ),
  }
  const required = spelled.filter((one) => one.required)
  return outlineOf(
    refOf(context, collection.name),
    pair(collection, group),
    ...required.map(
      ({ field, types }): DocumentPart => ({
        rules: [{ name: `${field}-is-there`, rule: { rule: 'present', field, types } }],
        required: [{ field, types }],
      }),
    ),
    {
      builds: spelled
        .filter(({ index }) => index)
        .map(({ field, at }) =>
          newIndex(context, collection, { name: undefined, keys: { [field]: 1 } }, at('index')),
        ),
      warnings: unseen,
    },
    dropped(context, collection, olds),
    {
      warnings: [
        ...olds.flatMap((field) =>
          unreplaced(context, collection, field, 'ask for an index on the new fields if they need one'),
        ),
        ...required.flatMap(({ field }) => lenience(collection, field)),
      ],
    },
  )
}

/** Two shapes of the same data that both exist until contract. */
export function pair({ name }: Collection, group: FieldPair): DocumentPart {
  const olds = group.down.map(({ field }) => field)
  const news = group.up.map(({ field }) => field)
  const agree = `${olds.join('-and-')}-${group.identical ? 'equals' : 'agrees-with'}-${news.join('-and-')}`
  const [old, fresh] = [olds.join(' and '), news.join(' and ')]
  return {
    watch: [...olds, ...news],
    touches: [...olds, ...news],
    groups: [group],
    rules: [{ name: agree, rule: { rule: 'agree', group } }],
    permits: news,
    dualWrite: [
      {
        text: `the version in which every writer of ${name} sets ${old} and ${fresh} together, in one update`,
        early: false,
      },
    ],
    switchApp: [`the version that reads only ${fresh} of ${name}; it goes on writing ${old} as well`],
    stopWrites: [`the version that no longer writes ${old} of ${name}`],
  }
}

/** The answers for values that cannot be converted must not contradict each other. */
function requireValue({ field, required, fallback, at }: Made, unparsed: Wish['unparsed']): void {
  requireDefault(fallback, unparsed, `${field}: `, at('default'))
  if (required && unparsed === 'keep')
    refuse(
      'PLAN_INVALID',
      `${field} is required, but with unparsed: keep some documents would have no value`,
      'write unparsed: default with a default, or take required out',
      at('required'),
    )
}

/** A default requires `unparsed: default`, and the other way round. */
export function requireDefault(
  fallback: Value | undefined,
  unparsed: Wish['unparsed'],
  whose: string,
  at: Position,
): void {
  if (fallback !== undefined && unparsed !== 'default')
    refuse(
      'PLAN_INVALID',
      `${whose}a default is only used with unparsed: default`,
      'add unparsed: default, or take the default out',
      at,
    )
  if (fallback === undefined && unparsed === 'default')
    refuse('PLAN_INVALID', `${whose}unparsed: default needs a default`, 'add default: { literal: … }', at)
}

/**
 * The side that counts when both exist and disagree. Before contract only a version that knows no new field can have
 * caused that.
 */
export const winner = ({ onConflict }: DocumentContext): 'old' | 'new' =>
  onConflict === 'new' ? 'new' : 'old'
