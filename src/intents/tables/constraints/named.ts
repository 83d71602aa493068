import type { Position } from '../../../errors.ts'
import { qualified } from '../../../schema/lookup.ts'
import type { Constraint, ForeignKey, Table } from '../../../schema/snapshot.ts'
import { nearest } from '../../../text/nearest.ts'
import { refuse } from '../../refuse.ts'
import type { Context } from '../context.ts'

/** Refuses a name that the server cannot have, or that a constraint of the table has. */
export function requireConstraintName({ language }: Context, table: Table, name: string, at: Position): void {
  const problem = language.nameProblem(name)
  if (problem) refuse('PLAN_INVALID', `${name}: ${problem}`, 'choose another name', at)
  if (namesIn(table).some((one) => one === name))
    refuse('PLAN_INVALID', `${qualified(table)} already has ${name}`, 'choose another name', at)
}

const namesIn = ({ constraints, foreignKeys, indexes }: Table): readonly string[] =>
  [...constraints, ...foreignKeys, ...indexes].map(({ name }) => name)

export type Named =
  | { readonly is: 'constraint'; readonly constraint: Constraint }
  | { readonly is: 'foreign key'; readonly key: ForeignKey }
  /** A unique index, on servers where that is the constraint. */
  | { readonly is: 'unique index'; readonly index: Table['indexes'][number] }

/** The constraint of this name. When there is none, the error lists those that the table has. */
export function requireConstraint({ traits }: Context, table: Table, name: string, at: Position): Named {
  const constraint = table.constraints.find((one) => one.name === name)
  if (constraint) return { is: 'constraint', constraint }
  const key = table.foreignKeys.find((one) => one.name === name)
  if (key) return { is: 'foreign key', key }
  const index = traits.uniqueConstraints
    ? undefined
    : table.indexes.find((one) => one.name === name && one.unique)
  if (index) return { is: 'unique index', index }
  const names = [
    ...table.constraints.map((one) => one.name),
    ...table.foreignKeys.map((one) => one.name),
    ...(traits.uniqueConstraints ? [] : table.indexes.filter(({ unique }) => unique).map((one) => one.name)),
  ]
  const near = nearest(name, names)
  return refuse(
    'PLAN_COLUMN_MISSING',
    `${qualified(table)} has no constraint ${name}`,
    near === undefined ? `it has: ${[...new Set(names)].join(', ') || 'none'}` : `did you mean ${near}?`,
    at,
  )
}
