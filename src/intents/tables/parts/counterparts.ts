import type { Action } from '../../../program/action.ts'
import type { NewColumn } from '../../../program/column.ts'
import type { Column, Constraint, ForeignKey, Index, Table } from '../../../schema/snapshot.ts'
import { type Context, refOf } from '../context.ts'
import type { Part } from '../outline.ts'
import { cascades, requireBuildable, requireCheckable } from '../preconditions.ts'
import { checksOn } from './drop.ts'
import { namedNotNull, notNull } from './not-null.ts'

/**
 * Counterparts on the new column of everything attached to the old one, from the catalogue's own definitions. They exist
 * beside the originals under helper names, and take the originals' names when those are dropped.
 */
export function counterparts(
  context: Context,
  table: Table,
  from: Column,
  column: NewColumn,
  given: string | null,
): readonly Part[] {
  const to = column.name
  requireBuildable(context, table, from.name, context.at('from'))
  const on = (thing: { readonly columns: readonly string[] }) => thing.columns.includes(from.name)
  const early = hiddenKeys(context, table, from.name).map((key) => supporting(table, key))
  return [
    ...table.indexes
      .filter((index) => on(index) && index.valid)
      .map((index) => {
        const { enforce, ...counterpart } = indexCounterpart(context, table, index, from.name, to)
        return early.includes(index) ? { ...counterpart, expand: enforce } : { ...counterpart, enforce }
      }),
    ...checksOn(table, from.name).map((check) => checkCounterpart(context, table, check, from.name, to)),
    ...table.foreignKeys
      .filter((key) => key.from.columns.includes(from.name))
      .map((key) => foreignKeyCounterpart(context, table, key, from.name, to)),
    ...table.statistics
      .filter(on)
      .map((statistics) => statisticsCounterpart(context, table, statistics, from.name, to)),
    ...(from.notNull
      ? [notNull(context, table, column, { like: namedNotNull(table, from.name), default: given })]
      : []),
  ]
}

/** What the counterpart of one thing needs: it is created and proven, and renamed in the end. */
type Counterpart = Pick<Part, 'holds'> & Required<Pick<Part, 'enforce' | 'afterDrop'>>

function indexCounterpart(
  { plan, language }: Context,
  table: Table,
  index: Index,
  from: string,
  to: string,
): Counterpart {
  const ref = refOf(table)
  const name = language.helperName(index.name, plan, 'index')
  const definition = language.renameObject(language.renameColumn(index.definition, from, to), name)
  const constraint = table.constraints.find((one) => one.index === index.name && one.kind === 'unique')
  const create: Action = {
    do: 'create_index',
    table: ref,
    name,
    definition,
    unique: index.unique,
    comment: index.comment,
    ...(index.targets && { targets: index.targets }),
  }
  if (!constraint)
    return {
      enforce: [create],
      afterDrop: [{ do: 'rename_index', table: ref, from: name, to: index.name }],
      holds: [{ what: 'index', name }],
    }
  const { deferrable, deferred, comment } = constraint
  return {
    enforce: [create, { do: 'add_unique', table: ref, name, index: name, deferrable, deferred, comment }],
    afterDrop: [{ do: 'rename_constraint', table: ref, from: name, to: constraint.name, definition: null }],
    holds: [
      { what: 'index', name },
      { what: 'constraint', name },
    ],
  }
}

function checkCounterpart(
  context: Context,
  table: Table,
  check: Constraint,
  from: string,
  to: string,
): Counterpart {
  const { plan, language } = context
  const name = language.helperName(check.name, plan, 'check')
  const definition = language.renameColumn(check.definition, from, to)
  requireCheckable(context, table, check.name, definition, context.at('from'), true)
  return constraintCounterpart(context, table, {
    name,
    definition,
    original: check.name,
    references: null,
    key: null,
    validate: check.validated,
    comment: check.comment,
  })
}

/** What applications must know that upsert by unique indexes of the column. */
export const upserts = ({ language, plan }: Context, table: Table, column: string): readonly string[] =>
  table.indexes
    .filter((index) => index.unique && index.valid && index.columns.includes(column))
    .flatMap((index) =>
      language.upserts(table, index, {
        name: language.helperName(index.name, plan, 'index'),
        instead: column,
      }),
    )

/** Foreign keys whose actions fire no triggers. They must reach both columns from the first filled row on. */
const hiddenKeys = ({ traits }: Context, table: Table, column: string): readonly ForeignKey[] =>
  traits.cascadesFireTriggers
    ? []
    : table.foreignKeys.filter((key) => key.from.columns.includes(column) && cascades(key))

/**
 * The index that a foreign key uses. Without a counterpart of it the server creates one for the key, and keeps that when
 * the key is dropped.
 */
const supporting = ({ indexes }: Table, { from }: ForeignKey): Index | undefined =>
  indexes.find(({ key }) => from.columns.every((column, place) => key?.[place] === column))

function foreignKeyCounterpart(
  context: Context,
  table: Table,
  key: ForeignKey,
  from: string,
  to: string,
): Part {
  const { plan, language } = context
  const name = language.helperName(key.name, plan, 'foreign key')
  const definition = language.renameColumn(key.definition, from, to)
  const references = { schema: key.to.schema, name: key.to.table }
  const counterpart = constraintCounterpart(context, table, {
    name,
    definition,
    original: key.name,
    references,
    key: {
      columns: key.from.columns.map((column) => (column === from ? to : column)),
      there: key.to.columns,
    },
    validate: key.validated,
    comment: key.comment,
    ...(key.copies && { copies: key.copies }),
  })
  return hiddenKeys(context, table, from).includes(key)
    ? {
        ...counterpart,
        expand: counterpart.enforce.filter((action) => action.do === 'add_constraint'),
        enforce: counterpart.enforce.filter((action) => action.do !== 'add_constraint'),
      }
    : counterpart
}

type ConstraintTwin = {
  readonly name: string
  readonly definition: string
  readonly original: string
  readonly references: { readonly schema: string; readonly name: string } | null
  readonly key: Extract<Action, { do: 'validate_constraint' }>['key']
  readonly validate: boolean
  readonly comment: string | null
  readonly copies?: NonNullable<ForeignKey['copies']>
}

function constraintCounterpart(
  { traits }: Context,
  table: Table,
  { name, definition, original, references, key, validate, comment, copies }: ConstraintTwin,
): Counterpart {
  const ref = refOf(table)
  const validation: Action = { do: 'validate_constraint', table: ref, name, references, key }
  return {
    enforce: [
      { do: 'add_constraint', table: ref, name, definition, references, comment },
      ...(validate ? [validation] : []),
    ],
    afterDrop: [
      {
        ...{ do: 'rename_constraint', table: ref, from: name, to: original, definition },
        ...(references && !traits.stagedConstraints && { references }),
        ...(copies && { copies }),
      },
    ],
    holds: validate ? [{ what: 'constraint', name }] : [],
  }
}

function statisticsCounterpart(
  { plan, language }: Context,
  table: Table,
  statistics: Table['statistics'][number],
  from: string,
  to: string,
): Counterpart {
  const { schema, target, comment, owner } = statistics
  const name = language.helperName(statistics.name, plan, 'statistics')
  const definition = language.renameObject(language.renameColumn(statistics.definition, from, to), name)
  return {
    enforce: [
      {
        ...{ do: 'create_statistics', table: refOf(table), schema, name, definition, target, comment },
        ...(owner !== undefined && { owner }),
      },
    ],
    afterDrop: [{ do: 'rename_statistics', schema, from: name, to: statistics.name }],
  }
}
