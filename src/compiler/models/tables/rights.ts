import type { Language } from '../../../dialects/interface/language.ts'
import type { Outline } from '../../../intents/tables/outline.ts'
import type { Action } from '../../../program/action.ts'
import { newColumns } from '../../../program/actions.ts'
import type { NewColumn } from '../../../program/column.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Snapshot } from '../../../schema/snapshot.ts'

/** Steps for servers that store the rights on single columns by column name. */

/**
 * Grants come after the sync, because nobody writes the new column before it. They are separate steps: a user who may not
 * grant can still do the rest.
 */
export function granted(merged: Pick<Outline, 'table' | 'expand' | 'rules'>): { readonly actions: Action[] } {
  const { table, expand } = merged
  const pairs = successors(merged)
  return {
    actions: expand.flatMap((action) =>
      action.do === 'add_column'
        ? pairs
            .filter(({ to }) => to === action.column.name)
            .flatMap(({ from }) => given(table, from, action.column))
        : [],
    ),
  }
}

const given = (table: TableRef, from: string, { name: column, grants }: NewColumn): Action[] =>
  grants.map(({ to, privilege }) => ({ do: 'grant_column', table, column, from, right: { to, privilege } }))

/** Revokes come after the drop, because a rollback needs the rights. */
export const revoked = ({ table, retire }: Pick<Outline, 'table' | 'retire'>): Action[] =>
  retire.flatMap(({ column, rights }) =>
    rights.map(
      ({ to, privilege }): Action => ({ do: 'revoke_column', table, column, right: { to, privilege } }),
    ),
  )

/** Which column replaces which. `whole`: all of the new one comes from this one, and so do the rights on it. */
export const successors = ({
  rules,
}: Pick<Outline, 'rules'>): { readonly from: string; readonly to: string; readonly whole: boolean }[] =>
  rules.flatMap(({ rule }) =>
    // Two columns that swap their names swap the rights on those names, too.
    rule.rule === 'agree' && !rule.group.swap
      ? rule.group.down.slice(0, 1).flatMap((old) =>
          rule.group.up.map(({ column }) => ({
            ...{ from: old.column, to: column },
            whole: rule.group.down.length === 1,
          })),
        )
      : [],
  )

/** Warnings about rights, for everything that the intents add and remove. */
export const rightsAside = (outlines: readonly Outline[], snapshot: Snapshot, language: Language): string[] =>
  outlines.flatMap(({ table: { schema, name }, expand, retire }) => {
    const table = snapshot.tables.find((one) => one.schema === schema && one.name === name)
    const comes = newColumns(expand).map(({ column }) => column.name)
    const goes = retire.map(({ column }) => column)
    return table ? language.rightsAside(table, { goes, comes }, snapshot) : []
  })
