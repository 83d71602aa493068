import type { Program } from './program.ts'
import type { Part, Step, TableRef } from './step.ts'

export const actionsIn = (steps: readonly Step[]): Part['action'][] =>
  steps.flatMap(({ parts }) => parts.map(({ action }) => action))

/** All that a program does, in its order. */
export const actionsOf = ({ phases }: Pick<Program, 'phases'>): Part['action'][] =>
  phases.flatMap(({ steps }) => actionsIn(steps))

/** Collections in which values change their type in place. */
export const convertedBy = (program: Pick<Program, 'phases'>): TableRef[] =>
  actionsOf(program).flatMap((action) =>
    action.do === 'fill_fields' && action.groups.some(({ kind }) => kind === 'convert') ? [action.table] : [],
  )
