import type { Table } from '../../schema/snapshot.ts'
import type { Context } from './context.ts'
import { ordered } from './sync-triggers.ts'
import { triggerCautions } from './user-triggers.ts'

/**
 * Warnings about things that are allowed but should be known before the start. `columns` are those that contract removes.
 */
export function warningsOf(context: Context, table: Table, columns: readonly string[]): string[] {
  const touches = (thing: { readonly columns: readonly string[] | null }) =>
    columns.some((column) => thing.columns?.includes(column))
  const uses = (what: string) => `${what} uses ${columns.join(', ')}; contract will refuse while it does`
  return [
    ...table.dependents.filter(touches).map(({ name }) => uses(name)),
    ...table.policies.filter(touches).map(({ name }) => uses(`policy ${name}`)),
    ...table.publications.filter(touches).map(({ name }) => uses(`the column list of publication ${name}`)),
    ...table.triggers.filter(touches).map(({ name }) => uses(`the definition of trigger ${name}`)),
    ...ordered(context, table, columns),
    ...triggerCautions(context, table, columns),
    ...table.constraints
      .filter(({ kind, validated }) => kind === 'check' && !validated)
      .map(
        ({ name }) =>
          `the check ${name} is not validated: the backfill cannot write a row that breaks it; find these rows first (ALTER TABLE ${table.schema}.${table.name} VALIDATE CONSTRAINT ${name} stops at one)`,
      ),
    ...(table.rowSecurity.forced
      ? [`row security is forced on ${table.name}: the runner needs BYPASSRLS, or it will not see all rows`]
      : []),
    ...(table.publications.length > 0
      ? [`${table.name} is published: subscribers need the new column first`]
      : []),
  ]
}

/** Warnings about INSERT statements, on servers whose triggers do not fill required columns in every case. */
export const insertRestrictions = ({ traits }: Context, columns: readonly string[]): string[] =>
  traits.triggersFillRequired || columns.length === 0
    ? []
    : [
        `while this plan runs INSERT … SELECT, REPLACE … SELECT and LOAD DATA, with IGNORE too, have to name ${columns.join(' and ')}: this server refuses them without a required column before the sync trigger can fill it`,
      ]
