import type { Program } from './program.ts'
import type { TableRef } from './refs.ts'
import type { Part, Step } from './step.ts'

export const actionsIn = (steps: readonly Step[]): Part['action'][] =>
  steps.flatMap(({ parts }) => parts.map(({ action }) => action))

/** All that a program does, in its order. */
export const actionsOf = ({ phases }: Pick<Program, 'phases'>): Part['action'][] =>
  phases.flatMap(({ steps }) => actionsIn(steps))

/** The parts of a step in the order in which they are undone. */
export const undoing = ({ parts }: Pick<Step, 'parts'>): Part[] => {
  const last = ({ written }: Part) => Number(written.undoneLast ?? false)
  return parts.toReversed().sort((a, b) => last(a) - last(b))
}

/** The step refuses statements that write the old shape alone, until that shape is retired. */
export const isSeal = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(({ action }) => action.do === 'install_seal')

/** Collections in which values change their type in place. */
export const convertedBy = (program: Pick<Program, 'phases'>): TableRef[] =>
  actionsOf(program).flatMap((action) =>
    action.do === 'fill_fields' && action.groups.some(({ kind }) => kind === 'convert') ? [action.table] : [],
  )

/** The tables whose locks a step needs. */
export const tablesOf = (step: Step): TableRef[] => {
  const found = step.parts.flatMap(({ action }) => [
    ...('table' in action ? [action.table] : []),
    ...('sync' in action ? [action.sync.table] : []),
    ...('seal' in action ? [action.seal.table] : []),
    ...('checks' in action && 'table' in action.checks ? [action.checks.table] : []),
    ...('references' in action && action.references ? [action.references] : []),
    ...('releases' in action ? action.releases : []),
  ])
  return [...new Map(found.map((table) => [JSON.stringify(table), table])).values()]
}
