import type { Language } from '../../dialects/interface/language.ts'
import type { Position } from '../../errors.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Value } from '../../plan/value.ts'
import type { Expression, NewColumn } from '../../program/column.ts'
import { SYNC_PREFIX } from '../../program/drift.ts'
import type { KeyColumn, TableRef } from '../../program/refs.ts'
import type { Traits } from '../../program/traits.ts'
import type { Column, Snapshot, Table } from '../../schema/snapshot.ts'
import { refuse } from '../refuse.ts'

/** What an intent is told of its plan and its database. */
export type Context = {
  readonly plan: string
  readonly onConflict: 'error' | 'new' | 'old'
  readonly sync: Plan['sync']
  /** Values that are dropped or overwritten are kept (`contract.archive`). */
  readonly archives: boolean
  /** The hash of each file that the plan names as a module, by its path there; null when it cannot be read. */
  readonly modules: Readonly<Record<string, string | null>>
  readonly snapshot: Snapshot
  readonly language: Language
  readonly traits: Traits
  /** The place of a field of this intent. */
  readonly at: (...path: (string | number)[]) => Position
}

export const refOf = (table: Table): TableRef => ({ schema: table.schema, name: table.name })

/** The name of a plan's sync trigger on a table. It sorts after the names that people choose. */
export const syncName = (language: Language, plan: string, table: TableRef): string =>
  language.helperName(`${SYNC_PREFIX}${table.name}`, plan, table.schema)

/** The name of a column that is retired and waits to be dropped. */
export const tombstoneOf = (language: Language, table: TableRef, column: string): string =>
  language.helperName(`plan_drop_${column}`, table.schema, table.name)

export const bareColumn = (name: string, type: string): NewColumn => ({
  name,
  type,
  collation: null,
  comment: null,
  statisticsTarget: null,
  storage: null,
  compression: null,
  options: [],
  grants: [],
})

/** A column that is there, with everything that the server stores about it but its values and the rights on it. */
export const existingColumn = (from: Column): NewColumn => {
  const { name, type, collation, comment, statisticsTarget, storage, compression, options } = from
  return {
    ...{ name, type, collation, comment, statisticsTarget, storage, compression, options, grants: [] },
    ...(from.onUpdate !== undefined && { onUpdate: from.onUpdate }),
    ...(from.invisible && { invisible: true }),
  }
}

/** The primary key, by which people find a row; empty when there is none. */
export const keyOf = ({ indexes, columns }: Table): KeyColumn[] =>
  (indexes.find(({ primary }) => primary)?.key ?? []).map((name) => ({
    name,
    type: columns.find((column) => column.name === name)?.type ?? 'text',
  }))

/**
 * Rights on a column, for the column that replaces it. Rights that already exist under the new name are left out, because
 * they are not the plan's.
 */
export const rightsFor = (
  { language }: Context,
  table: Table,
  from: Column,
  name: string,
): Column['grants'] =>
  from.grants.filter(
    ({ to, privilege }) =>
      !(table.strayRights ?? []).some(
        (one) =>
          language.fold(one.column) === language.fold(name) && one.to === to && one.privilege === privilege,
      ),
  )

/**
 * The value as an expression, or an error with the dialect's reason. `once`: the value is evaluated a single time, as a
 * default is.
 */
export function expressionFor(
  context: Context,
  value: Value,
  table: Table,
  type: string,
  at: Position,
  once = false,
): Expression {
  if ('module' in value)
    return refuse(
      'PLAN_UNSUPPORTED',
      'a module cannot be called here: the value has to be there at once, and no trigger can call it',
      'a module may stand in the fill of add_column, and in the set of backfill',
      at,
    )
  const written = context.language.expression(value, table, type, context.snapshot)
  if ('refused' in written) return refuse('PLAN_EXPRESSION', written.refused, written.hint, at)
  const { moving = false, ...rest } = written
  return { ...rest, volatile: rest.volatile || (moving && !once) }
}

/** The type as the dialect spells it, or an error with the dialect's reason. */
export function typeFor(context: Context, type: string, at: Position): string {
  const { language, snapshot } = context
  const written = language.type(type, snapshot)
  const problem = typeof written === 'string' ? language.unfit(written, 'column', snapshot) : written
  if (problem) refuse('PLAN_EXPRESSION', problem.refused, problem.hint, at)
  return written as string
}

/** Refuses a new column's name that the server cannot have or that is taken. */
export function requireNewName(context: Context, table: Table, name: string, at: Position): void {
  const problem = context.language.columnNameProblem(name)
  if (problem) refuse('PLAN_INVALID', `${name}: ${problem}`, 'choose another name', at)
  const { fold } = context.language
  if (table.columns.some((column) => fold(column.name) === fold(name)))
    refuse(
      'PLAN_COLUMN_EXISTS',
      `${table.schema}.${table.name} already has a column ${name}`,
      'choose another name, or drop that column first if it is a leftover; when somebody ran a compiled program by hand: plan adopt',
      at,
    )
}

/** The name that the server itself would choose, unless it is taken or too long. */
export function freeName({ language, plan, snapshot }: Context, table: Table, wanted: string): string {
  // Indexes share one set of names with all relations of the schema.
  const inSchema = snapshot.tables.filter(({ schema }) => schema === table.schema)
  const taken =
    inSchema.some((one) => one.name === wanted || one.indexes.some(({ name }) => name === wanted)) ||
    [...table.constraints, ...table.foreignKeys].some(({ name }) => name === wanted)
  return taken || language.nameProblem(wanted) ? language.helperName(wanted, plan) : wanted
}
