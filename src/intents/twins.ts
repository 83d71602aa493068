import type { Action } from '../compiler/step.ts'
import type { Column, Constraint, ForeignKey, Index, Table } from '../schema/snapshot.ts'
import { type Context, freeName, type Outline, refOf } from './outline.ts'

/** What one thing that hangs on the old column needs: to be made, to be proven, and in the end to have the old name. */
type Twin = {
  readonly enforce: readonly Action[]
  readonly afterDrop: readonly Action[]
  readonly index?: string
  readonly constraint?: string
}

/**
 * Twins on the new column of all that hangs on the old one, made from the catalogue's own definitions. They live
 * beside the originals under helper names and take the originals' names when those are gone.
 */
export function twins(
  context: Context,
  table: Table,
  from: Column,
  to: string,
): Pick<Outline, 'enforce' | 'afterDrop' | 'holds' | 'releases'> {
  const on = (thing: { readonly columns: readonly string[] }) => thing.columns.includes(from.name)
  const all = [
    ...table.indexes
      .filter((index) => on(index) && index.valid)
      .map((index) => indexTwin(context, table, index, from.name, to)),
    ...table.constraints
      .filter((constraint) => on(constraint) && constraint.kind === 'check')
      .map((check) => checkTwin(context, table, check, from.name, to)),
    ...table.foreignKeys
      .filter((key) => key.from.columns.includes(from.name))
      .map((key) => foreignKeyTwin(context, table, key, from.name, to)),
    ...table.statistics
      .filter(on)
      .map((statistics) => statisticsTwin(context, table, statistics, from.name, to)),
  ]
  const required = from.notNull ? notNull(context, table, to, notNullName(table, from.name)) : null
  return {
    enforce: [...all.flatMap((twin) => twin.enforce), ...(required?.enforce ?? [])],
    afterDrop: [...all.flatMap((twin) => twin.afterDrop), ...(required?.afterDrop ?? [])],
    holds: {
      indexes: all.flatMap(({ index }) => index ?? []),
      constraints: [
        ...all.flatMap(({ constraint }) => constraint ?? []),
        ...(required?.constraint ? [required.constraint] : []),
      ],
      notNull: from.notNull ? [to] : [],
    },
    releases: table.foreignKeys
      .filter((key) => key.from.columns.includes(from.name))
      .map(({ to: there }) => ({ schema: there.schema, name: there.table })),
  }
}

function indexTwin({ plan, language }: Context, table: Table, index: Index, from: string, to: string): Twin {
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
  }
  if (!constraint)
    return {
      enforce: [create],
      afterDrop: [{ do: 'rename_index', schema: table.schema, from: name, to: index.name }],
      index: name,
    }
  const { deferrable, deferred, comment } = constraint
  return {
    enforce: [create, { do: 'add_unique', table: ref, name, index: name, deferrable, deferred, comment }],
    afterDrop: [{ do: 'rename_constraint', table: ref, from: name, to: constraint.name }],
    index: name,
    constraint: name,
  }
}

function checkTwin(
  { plan, language }: Context,
  table: Table,
  check: Constraint,
  from: string,
  to: string,
): Twin {
  const name = language.helperName(check.name, plan, 'check')
  const definition = language.renameColumn(check.definition, from, to)
  return constraintTwin(table, {
    name,
    definition,
    original: check.name,
    references: null,
    validate: check.validated,
    comment: check.comment,
  })
}

function foreignKeyTwin(
  { plan, language }: Context,
  table: Table,
  key: ForeignKey,
  from: string,
  to: string,
): Twin {
  const name = language.helperName(key.name, plan, 'foreign key')
  const definition = language.renameColumn(key.definition, from, to)
  const references = { schema: key.to.schema, name: key.to.table }
  return constraintTwin(table, {
    name,
    definition,
    original: key.name,
    references,
    validate: key.validated,
    comment: key.comment,
  })
}

type ConstraintTwin = {
  readonly name: string
  readonly definition: string
  readonly original: string
  readonly references: { readonly schema: string; readonly name: string } | null
  readonly validate: boolean
  readonly comment: string | null
}

function constraintTwin(
  table: Table,
  { name, definition, original, references, validate, comment }: ConstraintTwin,
): Twin {
  const ref = refOf(table)
  const validation: Action = { do: 'validate_constraint', table: ref, name, references }
  return {
    enforce: [
      { do: 'add_constraint', table: ref, name, definition, references, comment },
      ...(validate ? [validation] : []),
    ],
    afterDrop: [{ do: 'rename_constraint', table: ref, from: name, to: original }],
    ...(validate && { constraint: name }),
  }
}

function statisticsTwin(
  { plan, language }: Context,
  table: Table,
  statistics: Table['statistics'][number],
  from: string,
  to: string,
): Twin {
  const { schema } = statistics
  const name = language.helperName(statistics.name, plan, 'statistics')
  const definition = language.renameObject(language.renameColumn(statistics.definition, from, to), name)
  return {
    enforce: [{ do: 'create_statistics', table: refOf(table), schema, name, definition }],
    afterDrop: [{ do: 'rename_statistics', schema, from: name, to: statistics.name }],
  }
}

/** NOT NULL without a long lock: as itself where it can wait to be validated, else by way of a CHECK. */
export function notNull(context: Context, table: Table, column: string, finalName: string | null): Twin {
  const { plan, language, traits } = context
  const ref = refOf(table)
  const named = `${table.name}_${column}_not_null`
  // Where the constraint stays it gets the name that the server itself would give.
  const stays = traits.notNullNotValid && finalName === null
  const name = stays ? freeName(context, table, named) : language.helperName(named, plan)
  const enforce: Action[] = [
    { do: 'add_not_null', table: ref, column, name },
    { do: 'validate_constraint', table: ref, name, references: null },
  ]
  if (!traits.notNullNotValid)
    return { enforce: [...enforce, { do: 'settle_not_null', table: ref, column, name }], afterDrop: [] }
  return {
    enforce,
    afterDrop: finalName === null ? [] : [{ do: 'rename_constraint', table: ref, from: name, to: finalName }],
    constraint: name,
  }
}

/** The name of the NOT NULL constraint on servers that name them. */
const notNullName = (table: Table, column: string): string | null =>
  table.constraints.find((one) => one.kind === 'not null' && one.columns[0] === column)?.name ?? null
