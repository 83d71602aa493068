import type { Context } from '../../../intents/tables/context.ts'
import type { Outline } from '../../../intents/tables/outline.ts'
import type { Action } from '../../../program/action.ts'
import { newColumns } from '../../../program/actions.ts'
import type { NewColumn, Shown } from '../../../program/column.ts'

type Told = Pick<Context, 'language' | 'traits' | 'snapshot'>

/** `hide`: the plan asks to hide new columns. `synced`: triggers keep both shapes in step. */
type Wish = { readonly hide: boolean; readonly synced: boolean }

/**
 * Hides new columns until contract, if the plan asks for it. An INSERT without column names fails once the table has one
 * more column, and code that reads a row by position finds other values. Either all new columns of a table are hidden or
 * none, since one visible column is enough to break such code. Otherwise they are visible, because a new version may rely
 * on `SELECT *`.
 */
export function veiled(outlines: readonly Outline[], told: Told, wish: Wish): readonly Outline[] {
  if (told.traits.shortInserts) return outlines
  const looked = outlines.map((outline) => ({ outline, ...look(outline, told, wish) }))
  return looked.map(({ outline, columns, cannot, forGood }) => {
    const name = outline.table.name
    if (columns.length === 0) return outline
    if (forGood) return cannot.length === 0 ? outline : unveiled(outline, cannot)
    const seen = looked.filter(
      (one) =>
        one.outline.table.name === name &&
        one.outline.table.schema === outline.table.schema &&
        one.columns.length > 0 &&
        (one.cannot.length > 0 || !(one.forGood || wish.hide)),
    )
    if (seen.length === 0) return hiding(outline, columns)
    // One warning per table.
    return seen[0]?.outline !== outline
      ? outline
      : {
          ...outline,
          warnings: [
            ...outline.warnings,
            noticed(
              name,
              seen.flatMap((one) => one.cannot),
            ),
          ],
        }
  })
}

type Looked = {
  readonly columns: readonly Shown[]
  /** Why the columns cannot be hidden from clients that name no columns. */
  readonly cannot: readonly string[]
  /** The columns that they replace are hidden, too, so they stay hidden. */
  readonly forGood: boolean
}

function look(outline: Outline, { language, snapshot }: Told, { synced }: Wish): Looked {
  const { schema, name } = outline.table
  const table = snapshot.tables.find((one) => one.schema === schema && one.name === name)
  const columns = newColumns(outline.expand).map(({ column }) => endOf(outline, column))
  const forGood = columns.some(({ column }) => column.invisible)
  if (!table || columns.length === 0) return { columns: [], cannot: [], forGood }
  if (!forGood && !synced)
    return {
      columns,
      cannot: ['with sync: application the old column is renamed, and nothing changes both at once'],
      forGood,
    }
  if (outline.retire.some(({ shadow }) => shadow !== undefined))
    return { columns, cannot: ['the new column takes the name of the old one'], forGood }
  // Without a deploy there is no contract that could show them.
  if (!forGood && outline.deploys.length === 0) {
    const names = columns.map(({ column }) => column.name).join(' and ')
    return { columns, cannot: [`nothing tells when every version knows ${names}`], forGood }
  }
  const after = forGood ? null : (outline.retire[0]?.column ?? null)
  const cannot = columns.flatMap(
    (shown) => language.unhidable(table, shown, after, snapshot.server.number) ?? [],
  )
  return { columns, cannot, forGood }
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

/** Places the new column after the old one, so that a row's positions stay the same when the two swap visibility. */
function hiding(outline: Outline, columns: readonly Shown[]): Outline {
  const { table, expand, enforce, defaults, retire, dropsBefore, warnings } = outline
  const [old, ...others] = retire
  const names = columns.map(({ column }) => column.name)
  const hide = (column: NewColumn): NewColumn =>
    names.includes(column.name) ? { ...column, invisible: true } : column
  const after = (column: NewColumn): NewColumn => ({
    ...hide(column),
    ...(old && { after: names[names.indexOf(column.name) - 1] ?? old.column }),
  })
  return {
    ...outline,
    expand: expand.map((action) =>
      action.do === 'add_column' ? { ...action, column: after(action.column) } : action,
    ),
    defaults: defaults.map((action) => ({ ...action, column: hide(action.column) })),
    enforce: enforce.map((action) =>
      action.do === 'set_not_null' ? { ...action, column: hide(action.column) } : action,
    ),
    retire: old ? [{ ...old, shows: columns }, ...others] : [],
    dropsBefore: [
      ...(old ? [] : columns.map((shown): Action => ({ do: 'show_column', table, ...shown }))),
      ...dropsBefore,
    ],
    warnings: [...warnings, unnoticed(table.name, names, old?.column)],
  }
}

/** The column stays visible for good, although its original is hidden. */
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

/** `cannot`: why the columns cannot be hidden. The warning then does not suggest to hide them. */
const noticed = (name: string, cannot: readonly string[]): string =>
  `from expand on, INSERT INTO ${name} without names of columns fails: there is one more column (${cannot.length === 0 ? 'where the old version does that, and the new one names its columns, write invisible: true' : [...new Set(cannot)].join('; ')})`

function unnoticed(name: string, names: readonly string[], old: string | undefined): string {
  const all = names.join(' and ')
  const [is, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them']
  const then =
    old === undefined
      ? `from contract on INSERT INTO ${name} without names of columns has to give a value for ${them}`
      : `from contract on ${all} ${is} in the place of ${old}`
  return `${all} ${is} invisible until contract: INSERT INTO ${name} without names of columns and SELECT * go on as before and do not know ${them}, so the new version has to name its columns; ${then}`
}
