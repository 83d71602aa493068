import { actionsOf } from '../actions.ts'
import { computingOf } from '../facts.ts'
import type { Program } from '../program.ts'
import type { Part } from '../step.ts'
import type { ModuleCall } from './computing.ts'

/** The part removes the triggers that mark rows. */
export const endsMarks = ({ action }: Part): boolean => action.do === 'remove_marks'

/** The functions of modules that the program calls, each once. */
export const moduleCalls = (program: Pick<Program, 'phases'>): ModuleCall[] => {
  const all = actionsOf(program).flatMap((action) => computingOf(action)?.columns ?? [])
  return [...new Map(all.map(({ call }) => [`${call.file}#${call.name}`, call])).values()]
}
