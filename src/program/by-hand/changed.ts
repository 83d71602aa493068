import { addedColumns, stepsOf } from '../actions.ts'
import { difference, isOfSync, shapeChanges } from '../drift.ts'
import type { Program } from '../program.ts'
import type { Step } from '../step.ts'

type Objects = Readonly<Record<string, string>>

/**
 * What changed beside these steps, when a person carries them out. Left out are: columns that the plan adds or retires, triggers of
 * its sync, and the indexes, constraints and validators that the steps name. Any other object that is new, gone or
 * changed stays. `begun`: the plan is under way; only then do objects not count that merely use the columns.
 */
export const changedOtherwise =
  (program: Program, steps: readonly Step[], begun: boolean) =>
  (before: Objects, after: Objects): string[] => {
    const columns = new Set(
      addedColumns(stepsOf(program)).map(
        ({ table, column }) => `column ${table.schema}.${table.name}.${column}`,
      ),
    )
    // Contract takes the old shape away, under its own name or that of its tombstone.
    if (steps.some(({ phase }) => phase === 'contract'))
      for (const { table, columns: old, tombstones } of program.retires)
        for (const column of [...old, ...tombstones])
          columns.add(`column ${table.schema}.${table.name}.${column}`)
    const names = new Set(steps.flatMap(({ parts }) => parts.flatMap(({ action }) => textsIn(action))))
    const syncs = program.watch.flatMap(({ sync }) => sync ?? [])
    const made = (object: string): boolean => {
      const name = object.slice(object.lastIndexOf('.') + 1)
      if (object.startsWith('column ')) return columns.has(object)
      if (object.startsWith('trigger ')) return syncs.some((sync) => isOfSync(name, sync))
      return /^(constraint|index|foreign key|statistics|validator) /.test(object) && names.has(name)
    }
    return (begun ? shapeChanges : difference)(before, after).filter(
      (change) => !made(change.slice(2, change.indexOf(': '))),
    )
  }

/** Every text within an action. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(textsIn)
      : []
