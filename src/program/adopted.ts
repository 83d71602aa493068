import { addedColumns, stepsOf } from './actions.ts'
import { difference } from './drift.ts'
import type { Program } from './program.ts'
import type { Step } from './step.ts'

type Objects = Readonly<Record<string, string>>

/**
 * `difference` without what these steps make when a person carries them out: new objects, and changes of objects that
 * the steps name. A change of a column that the plan does not add stays: the steps leave it as it is.
 */
export const changedOtherwise =
  (program: Program, steps: readonly Step[]) =>
  (before: Objects, after: Objects): string[] => {
    const columns = new Set(
      addedColumns(stepsOf(program)).map(
        ({ table, column }) => `column ${table.schema}.${table.name}.${column}`,
      ),
    )
    const names = new Set(steps.flatMap(({ parts }) => parts.flatMap(({ action }) => textsIn(action))))
    const made = (object: string): boolean =>
      object.startsWith('column ')
        ? columns.has(object)
        : /^(constraint|index|foreign key|statistics|validator) /.test(object) &&
          names.has(object.slice(object.lastIndexOf('.') + 1))
    return difference(before, after).filter((change) => {
      const object = change.slice(2, change.indexOf(': '))
      return change.startsWith('~') ? !made(object) : !change.startsWith('+')
    })
  }

/** Every text within an action. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(textsIn)
      : []
