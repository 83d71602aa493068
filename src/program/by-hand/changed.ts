import { actionsOf, addedColumns, stepsOf } from '../actions.ts'
import { difference, isOfSync, shapeChanges } from '../drift.ts'
import type { Program } from '../program.ts'
import type { TableRef } from '../refs.ts'
import type { Part, Step } from '../step.ts'

type Objects = Readonly<Record<string, string>>

/**
 * What changed beside these steps, when a person carries them out. Left out are: columns that the plan adds, that the steps
 * change or that contract takes away, triggers of the sync, collections that the plan renames, and the indexes, constraints and
 * validators that the steps name or that go with a column. Any other object that is new, gone or
 * changed stays. `begun`: the plan is under way; only then do objects not count that merely use the columns.
 */
export const changedOtherwise =
  (program: Program, steps: readonly Step[], begun: boolean) =>
  (before: Objects, after: Objects): string[] => {
    // Contract takes the old shape away, under its own name or that of its tombstone, and what hangs on it.
    const gone = steps.some(({ phase }) => phase === 'contract')
      ? program.retires.flatMap(({ table, columns, tombstones }) =>
          [...columns, ...tombstones].map((column) => ({ table, column })),
        )
      : []
    const columns = new Set(
      [
        ...addedColumns(stepsOf(program)),
        ...steps.flatMap(({ parts }) => parts.flatMap(({ action }) => changedColumns(action))),
        ...gone,
      ].map(({ table, column }) => `column ${table.schema}.${table.name}.${column}`),
    )
    const names = new Set(steps.flatMap(({ parts }) => parts.flatMap(({ action }) => textsIn(action))))
    const renamed = renamedCollections(program)
    const left = gone.map(({ column }) => column)
    const syncs = program.watch.flatMap(({ sync }) => sync ?? [])
    const made = (object: string, definition: string): boolean => {
      const name = object.slice(object.lastIndexOf('.') + 1)
      if (object.startsWith('column ')) return columns.has(object.split(' of ')[0] ?? '')
      if (object.startsWith('trigger ')) return syncs.some((sync) => isOfSync(name, sync))
      if (object.startsWith('collection ')) return renamed.includes(object)
      if (!/^(constraint|index|foreign key|statistics|validator) /.test(object)) return false
      return names.has(name) || (!(object in after) && left.some((column) => definition.includes(column)))
    }
    return (begun ? shapeChanges : difference)(before, after).filter((change) => {
      const end = change.indexOf(': ')
      return !made(change.slice(2, end), change.slice(end + 2))
    })
  }

/** Where the plan renames a collection, a view has its name, and later nothing. */
const renamedCollections = (program: Program): string[] =>
  actionsOf(program).flatMap((action) =>
    action.do === 'rename_collection' ? [`collection ${action.table.schema}.${action.table.name}`] : [],
  )

/** Columns that an action gives another definition, or another name. */
function changedColumns(action: Part['action']): { readonly table: TableRef; readonly column: string }[] {
  if (!('table' in action)) return []
  const { table } = action
  if ('swaps' in action) return action.swaps.map(({ name }) => ({ table, column: name }))
  if (!('column' in action)) return []
  const { column } = action
  return [{ table, column: typeof column === 'string' ? column : (column?.name ?? '') }]
}

/** Every text within an action. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(textsIn)
      : []
