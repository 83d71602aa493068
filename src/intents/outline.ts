import type { Language } from '../dialects/interface/language.ts'
import { type Code, PlanError, type Position } from '../errors.ts'
import type { Plan } from '../plan/plan.ts'
import type { Value } from '../plan/value.ts'
import type { Action, FillGroup, RowRule } from '../program/action.ts'
import type { Expression, NewColumn, Shown, Trial } from '../program/column.ts'
import { SYNC_PREFIX } from '../program/drift.ts'
import type { TableRef } from '../program/refs.ts'
import type { SyncGroup } from '../program/sync.ts'
import type { Traits } from '../program/traits.ts'
import type { Column, Snapshot, Table } from '../schema/snapshot.ts'

/** The name of a plan's sync trigger on a table. It sorts after the names that people choose. */
export const syncName = (language: Language, plan: string, table: TableRef): string =>
  language.helperName(`${SYNC_PREFIX}${table.name}`, plan, table.schema)

/** What an intent needs from each phase, for one table. The compiler decides on order, merging and rollback. */
export type Outline = {
  readonly table: TableRef
  /** Columns whose definition and dependents are watched for drift. */
  readonly watch: readonly string[]
  readonly expand: readonly Action[]
  readonly sync: readonly SyncGroup[]
  /**
   * Defaults of the new shape. They are set once the sync exists; earlier, a row that was written without a value could
   * not be recognised.
   */
  readonly defaults: readonly Extract<Action, { do: 'set_default' }>[]
  readonly fills: readonly FillGroup[]
  /** Values that are tried on every row before anything is changed. */
  readonly trials: readonly Trial[]
  readonly enforce: readonly Action[]
  readonly rules: readonly { readonly name: string; readonly rule: RowRule }[]
  readonly holds: {
    readonly indexes: readonly string[]
    readonly constraints: readonly string[]
    readonly notNull: readonly string[]
  }
  /** The old shape, which contract retires and then drops. */
  readonly retire: readonly RetiredColumn[]
  /** What prevents the drop. It is removed just before, while the sync still runs. */
  readonly dropsBefore: readonly Action[]
  /** Tables that the foreign keys of the old shape refer to. */
  readonly referencedTables: readonly TableRef[]
  /** What is moved from the old shape to the new one, before the drop and after it. */
  readonly beforeDrop: readonly Action[]
  readonly afterDrop: readonly Action[]
  /** What must be deployed before contract, in the plan's own names; empty when nothing must be. */
  readonly deploy: string | null
  /** What must be deployed before the backfill when the application itself keeps both shapes in step. */
  readonly dualWrite: string | null
  /** Why triggers cannot keep the shapes in step here; null when they can. */
  readonly triggerGap: string | null
  readonly warnings: readonly string[]
}

/** An old column. `temporaryDefault`: the default that it gets before the sync is dropped. */
export type RetiredColumn = {
  readonly column: string
  readonly definition: string | null
  readonly temporaryDefault: string | null
  /** The server sets the column with every UPDATE. Setting a default has to repeat that clause. */
  readonly stamped: boolean
  /** The column refuses every row that leaves it out, and no default can be set for it. */
  readonly strict: boolean
  readonly invisible?: true
  /** Rights on this column alone that the server keeps when the column is dropped. */
  readonly rights: Column['grants']
  /** New columns that are hidden until this one is retired. */
  readonly shows?: readonly Shown[]
}

export type Context = {
  readonly plan: string
  readonly onConflict: 'error' | 'new' | 'old'
  readonly sync: Plan['sync']
  readonly snapshot: Snapshot
  readonly language: Language
  readonly traits: Traits
  /** The place of a field of this intent. */
  readonly at: (...path: (string | number)[]) => Position
}

export const nothing = (table: TableRef): Outline => ({
  table,
  watch: [],
  expand: [],
  sync: [],
  defaults: [],
  fills: [],
  trials: [],
  enforce: [],
  rules: [],
  holds: { indexes: [], constraints: [], notNull: [] },
  retire: [],
  dropsBefore: [],
  referencedTables: [],
  beforeDrop: [],
  afterDrop: [],
  deploy: null,
  dualWrite: null,
  triggerGap: null,
  warnings: [],
})

export const refOf = (table: Table): TableRef => ({ schema: table.schema, name: table.name })

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

/** The old column as contract treats it. */
export function retiree({ language }: Context, column: Column): RetiredColumn {
  const temporaryDefault = language.temporaryDefault(column)
  const strict = column.notNull && column.default === null && temporaryDefault === null
  const stamped = column.onUpdate !== undefined
  return {
    ...{ column: column.name, definition: column.definition ?? null, temporaryDefault, stamped, strict },
    rights: language.rightsByName ? column.grants : [],
    ...(column.invisible && { invisible: true }),
  }
}

/** Throws an error about this intent, at the field concerned. */
export const refuse = (code: Code, message: string, hint: string, at: Position): never => {
  throw new PlanError(code, message, { hint, at })
}

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
      'choose another name, or drop that column first if it is a leftover',
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
