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

/** The sync trigger of a plan on a table; sorts behind the names that people give to triggers. */
export const syncName = (language: Language, plan: string, table: TableRef): string =>
  language.helperName(`${SYNC_PREFIX}${table.name}`, plan, table.schema)

/** What an intent asks of each phase, for one table. Order, merging and rollback belong to the compiler. */
export type Outline = {
  readonly table: TableRef
  /** Columns whose definition and dependents are watched for drift. */
  readonly watch: readonly string[]
  readonly expand: readonly Action[]
  readonly sync: readonly SyncGroup[]
  /** Defaults of the new shape: set once the sync is there, or a row without a value could no longer be told. */
  readonly defaults: readonly Extract<Action, { do: 'set_default' }>[]
  readonly fills: readonly FillGroup[]
  /** What is made of every row before anything is changed. */
  readonly trials: readonly Trial[]
  readonly enforce: readonly Action[]
  readonly rules: readonly { readonly name: string; readonly rule: RowRule }[]
  readonly holds: {
    readonly indexes: readonly string[]
    readonly constraints: readonly string[]
    readonly notNull: readonly string[]
  }
  /** The old shape: what contract retires and then drops. */
  readonly retire: readonly RetiredColumn[]
  /** What stands in the way of the drop: taken away just before, while the sync still runs. */
  readonly dropsBefore: readonly Action[]
  /** Tables that the foreign keys of the old shape refer to. */
  readonly referencedTables: readonly TableRef[]
  /** What moves over from the old shape, before it is dropped and after. */
  readonly beforeDrop: readonly Action[]
  readonly afterDrop: readonly Action[]
  /** What must be deployed before contract, in the plan's own names; empty where nothing has to be. */
  readonly deploy: string | null
  /** What must be deployed before the backfill where the application itself keeps both shapes in step. */
  readonly dualWrite: string | null
  /** Why triggers cannot keep the shapes in step here, or null. */
  readonly triggerGap: string | null
  readonly warnings: readonly string[]
}

/** An old column. `lent`: the default it gets before the sync is gone. */
export type RetiredColumn = {
  readonly column: string
  readonly definition: string | null
  readonly lent: string | null
  /** The server sets it with every UPDATE: no default is lent to it without saying that again. */
  readonly stamped: boolean
  /** Refuses every row that leaves it out, and nothing can be lent to it. */
  readonly strict: boolean
  readonly invisible?: true
  /** What accounts may do with it alone, as far as that stays when it is gone. */
  readonly rights: Column['grants']
  /** Columns that are hidden until it is retired. */
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

/** Rights on a column for the one that takes its place, without those that hold for its name already: they are not the plan's. */
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

/** What contract does to the old column. */
export function retiree({ language }: Context, column: Column): RetiredColumn {
  const lent = language.lentDefault(column)
  const strict = column.notNull && column.default === null && lent === null
  const stamped = column.onUpdate !== undefined
  return {
    ...{ column: column.name, definition: column.definition ?? null, lent, stamped, strict },
    rights: language.rightsByName ? column.grants : [],
    ...(column.invisible && { invisible: true }),
  }
}

/** An error about this intent, at the field it is about. */
export const refuse = (code: Code, message: string, hint: string, at: Position): never => {
  throw new PlanError(code, message, { hint, at })
}

/** The value as an expression, or the dialect's reason at its place. `once`: evaluated a single time, as a default is. */
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

/** A type as the dialect spells it, or its reason at its place. */
export function typeFor(context: Context, type: string, at: Position): string {
  const { language, snapshot } = context
  const written = language.type(type, snapshot)
  const problem = typeof written === 'string' ? language.unfit(written, 'column', snapshot) : written
  if (problem) refuse('PLAN_EXPRESSION', problem.refused, problem.hint, at)
  return written as string
}

/** Refuses a name for a new column that the server could not hold, or that is taken. */
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

/** The name the server itself would give, unless it is taken or too long. */
export function freeName({ language, plan, snapshot }: Context, table: Table, wanted: string): string {
  // Indexes share their names with all relations of the schema.
  const inSchema = snapshot.tables.filter(({ schema }) => schema === table.schema)
  const taken =
    inSchema.some((one) => one.name === wanted || one.indexes.some(({ name }) => name === wanted)) ||
    [...table.constraints, ...table.foreignKeys].some(({ name }) => name === wanted)
  return taken || language.nameProblem(wanted) ? language.helperName(wanted, plan) : wanted
}
