import type { Action, NewColumn, Shown } from '../compiler/step.ts'
import type { Table } from '../schema/snapshot.ts'
import { type Context, type Outline, refOf } from './outline.ts'

type Told = Pick<Context, 'language' | 'traits' | 'snapshot'>

/**
 * What old clients must not notice: an INSERT without names of columns fails beside one more column, and who takes a row by
 * its places finds another value there. So where a server has invisible columns, what expand adds is one until contract.
 */
export function veiled(outline: Outline, told: Told, synced: boolean): Outline {
  const { tables } = told.snapshot
  const table = tables.find(
    ({ schema, name }) => schema === outline.table.schema && name === outline.table.name,
  )
  const made = outline.expand.flatMap((action) =>
    action.do === 'add_column' || action.do === 'add_column_with_default' ? [action.column] : [],
  )
  if (!table || made.length === 0 || told.traits.shortInserts) return outline
  const columns = made.map((column) => endOf(outline, column))
  const forGood = made.some(({ invisible }) => invisible)
  const old = forGood ? null : (outline.retire[0]?.column ?? null)
  const cannot = columns.flatMap(
    (shown) => told.language.unhidable(table, shown, old, told.snapshot.server.number) ?? [],
  )
  if (forGood) return cannot.length === 0 ? outline : unveiled(outline, cannot)
  // Without contract there is no moment in which every version is known to know it.
  const until = synced && outline.deploy !== null
  return until && cannot.length === 0
    ? hiding(outline, table, columns)
    : { ...outline, warnings: [...outline.warnings, noticed(table, until ? cannot : [])] }
}

/** The column as it is when contract begins. */
function endOf({ enforce, defaults }: Outline, column: NewColumn): Shown {
  const required = enforce.find(
    (action) => action.do === 'set_not_null' && action.column.name === column.name,
  ) as Extract<Action, { do: 'set_not_null' }> | undefined
  const given = defaults.find((action) => action.column.name === column.name)
  return {
    column,
    required: required !== undefined,
    default: required?.default ?? given?.default ?? null,
  }
}

/** It stands behind the old column, so that the places of a row stay the same when both change their parts. */
function hiding(outline: Outline, table: Table, columns: readonly Shown[]): Outline {
  const { expand, enforce, defaults, retire, clears, warnings } = outline
  const [old] = retire
  const names = columns.map(({ column }) => column.name)
  const hide = (column: NewColumn): NewColumn =>
    names.includes(column.name) ? { ...column, invisible: true } : column
  const after = (column: NewColumn): NewColumn => ({
    ...hide(column),
    ...(old && { after: names[names.indexOf(column.name) - 1] ?? old.column }),
  })
  const ref = refOf(table)
  return {
    ...outline,
    expand: expand.map((action) =>
      action.do === 'add_column' ? { ...action, column: after(action.column) } : action,
    ),
    defaults: defaults.map((action) => ({ ...action, column: hide(action.column) })),
    enforce: enforce.map((action) =>
      action.do === 'set_not_null' ? { ...action, column: hide(action.column) } : action,
    ),
    retire: old ? [{ ...old, shows: columns }] : [],
    clears: [
      ...(old ? [] : columns.map((shown): Action => ({ do: 'show_column', table: ref, ...shown }))),
      ...clears,
    ],
    warnings: [...warnings, unnoticed(table, names, old?.column)],
  }
}

/** Visible for good, as its original is not. */
function unveiled(outline: Outline, cannot: readonly string[]): Outline {
  const show = <A extends { readonly column: NewColumn }>(action: A): A => {
    const { invisible: _, ...column } = action.column
    return { ...action, column }
  }
  const all = (actions: readonly Action[]) =>
    actions.map((action) =>
      action.do === 'add_column' || action.do === 'set_not_null' || action.do === 'set_default'
        ? show(action)
        : action,
    )
  const { table, retire, expand, defaults, enforce, afterDrop, warnings } = outline
  return {
    ...outline,
    expand: all(expand),
    defaults: defaults.map(show),
    enforce: all(enforce),
    afterDrop: all(afterDrop),
    warnings: [
      ...warnings,
      `${retire.map(({ column }) => column).join(' and ')} is invisible and the new column is not (${cannot.join('; ')}): SELECT * has one column more, and INSERT INTO ${table.name} without names of columns fails from expand on`,
    ],
  }
}

const noticed = ({ name }: Table, cannot: readonly string[]): string =>
  `from expand on, INSERT INTO ${name} without names of columns fails: there is one more column${cannot.length > 0 ? ` (${[...new Set(cannot)].join('; ')})` : ''}`

function unnoticed({ name }: Table, names: readonly string[], old: string | undefined): string {
  const all = names.join(' and ')
  const [is, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them']
  const then =
    old === undefined
      ? `from contract on INSERT INTO ${name} without names of columns has to give a value for ${them}`
      : `from contract on ${all} ${is} in the place of ${old}`
  return `${all} ${is} invisible until contract: INSERT INTO ${name} without names of columns and SELECT * go on as before and do not know ${them}, so the new version names its columns, or the plan says star: both; ${then}`
}
