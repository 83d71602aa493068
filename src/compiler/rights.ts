import type { Language } from '../dialects/interface/language.ts'
import type { Outline } from '../intents/outline.ts'
import type { Action } from '../program/action.ts'
import type { NewColumn } from '../program/column.ts'
import type { TableRef } from '../program/refs.ts'
import type { Snapshot } from '../schema/snapshot.ts'

/** What a server that keeps rights on single columns by their names has to be told of. */

/** Behind the sync: nobody writes the new column before it. Apart from it: who may not give a right is not kept from the rest. */
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

/** Behind the drop: going back must not lack them. */
export const revoked = ({ table, retire }: Pick<Outline, 'table' | 'retire'>): Action[] =>
  retire.flatMap(({ column, rights }) =>
    rights.map(
      ({ to, privilege }): Action => ({ do: 'revoke_column', table, column, right: { to, privilege } }),
    ),
  )

/** Which column takes the place of which one. */
export const successors = ({
  rules,
}: Pick<Outline, 'rules'>): { readonly from: string; readonly to: string }[] =>
  rules.flatMap(({ rule }) =>
    rule.rule === 'agree'
      ? rule.group.down.flatMap((old) =>
          rule.group.up.map(({ column }) => ({ from: old.column, to: column })),
        )
      : [],
  )

/** Said of what each intent adds and takes away. */
export const rightsAside = (outlines: readonly Outline[], snapshot: Snapshot, language: Language): string[] =>
  outlines.flatMap(({ table: { schema, name }, expand, retire }) => {
    const table = snapshot.tables.find((one) => one.schema === schema && one.name === name)
    const comes = expand.flatMap((action) =>
      action.do === 'add_column' || action.do === 'add_column_with_default' ? [action.column.name] : [],
    )
    const goes = retire.map(({ column }) => column)
    return table ? language.rightsAside(table, { goes, comes }, snapshot) : []
  })
