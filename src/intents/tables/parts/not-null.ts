import type { Action } from '../../../program/action.ts'
import type { NewColumn } from '../../../program/column.ts'
import type { Relaxation } from '../../../program/kinds/rule-action.ts'
import type { Column, Constraint, Table } from '../../../schema/snapshot.ts'
import { type Context, existingColumn, freeName, keyOf, refOf } from '../context.ts'
import type { Part } from '../outline.ts'
import { requireRewritable } from '../preconditions.ts'

/** The NOT NULL constraint, on servers that name it. */
export const namedNotNull = (table: Table, column: string): Constraint | null =>
  table.constraints.find((one) => one.kind === 'not null' && one.columns[0] === column) ?? null

/** What takes NOT NULL away from a column, and brings it back as it was. */
export function relaxation(context: Context, table: Table, column: Column): Relaxation {
  const { language, plan, traits } = context
  if (!traits.stagedConstraints) requireRewritable(context, table, column)
  const named = namedNotNull(table, column.name)
  return {
    table: refOf(table),
    key: keyOf(table),
    column: existingColumn(column),
    default: column.default?.sql ?? null,
    name: named?.name ?? language.helperName(`${table.name}_${column.name}_not_null`, plan),
    original: named && {
      inherit: !/ NO INHERIT/.test(named.definition),
      validated: named.validated,
      comment: named.comment,
    },
  }
}

/** NOT NULL without a long lock: as NOT NULL that is validated later, otherwise by way of a CHECK, otherwise at once. */
export function notNull(
  context: Context,
  table: Table,
  made: NewColumn,
  { like = null, default: given = null }: { like?: Constraint | null; default?: string | null } = {},
): Part {
  const { plan, language, traits } = context
  const ref = refOf(table)
  const { name: column } = made
  const required = { what: 'not null', name: column } as const
  if (!traits.stagedConstraints) {
    requireRewritable(context, table, made)
    return {
      enforce: [{ do: 'set_not_null', table: ref, column: made, default: given }],
      holds: [required],
    }
  }
  const named = `${table.name}_${column}_not_null`
  // A constraint that stays gets the name that the server itself would choose.
  const stays = traits.notNullNotValid && like === null
  const name = stays ? freeName(context, table, named) : language.helperName(named, plan)
  const enforce: Action[] = [
    {
      ...{ do: 'add_not_null', table: ref, column, name },
      inherit: !/ NO INHERIT$/.test(like?.definition ?? ''),
      comment: like?.comment ?? null,
    },
    { do: 'validate_constraint', table: ref, name, references: null, key: null },
  ]
  if (!traits.notNullNotValid)
    return {
      enforce: [...enforce, { do: 'finish_not_null', table: ref, column, name }],
      holds: [required],
    }
  return {
    enforce,
    afterDrop:
      like === null
        ? []
        : [{ do: 'rename_constraint', table: ref, from: name, to: like.name, definition: null }],
    holds: [{ what: 'constraint', name }, required],
  }
}
