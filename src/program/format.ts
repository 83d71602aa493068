import { PlanError } from '../errors.ts'
import { FORMAT, type Program } from './program.ts'

/** A program as another version of the tool may have stored it. */
type Stored = Omit<Program, 'format'> & { readonly format: number }

/** Whether this version knows the program's actions and statements. */
export const isKnown = ({ format }: Pick<Stored, 'format'>): boolean => format === FORMAT

/**
 * A program for reading. One of another format keeps its phases, steps, titles and checkpoints; its steps lose their
 * actions and statements, which this version does not know.
 */
export const readable = (program: Program): Program =>
  // A run that was interrupted while it was pinned may have left none.
  isKnown(program) || !('phases' in program)
    ? program
    : {
        ...program,
        phases: program.phases.map(({ phase, steps }) => ({
          phase,
          steps: steps.map((step) => ({ ...step, parts: [] })),
        })),
      }

/** What is the matter with a program of another format. */
export const otherFormat = ({ plan, format }: Pick<Stored, 'plan' | 'format'>): string =>
  `the program of ${plan.name} has format ${format}; this version of expand-contract runs programs of format ${FORMAT}`

/** Refuses to run a program of another format. `compiled`: the plan has not begun on this database. */
export function requireFormat(program: Stored, stands: 'compiled' | 'under way' | 'done'): void {
  if (isKnown(program)) return
  const { name } = program.plan
  const version = 'the version of expand-contract that compiled it'
  throw new PlanError(stands === 'compiled' ? 'PLAN_STALE' : 'PLAN_VERSION', otherFormat(program), {
    hint: `nothing was changed; ${
      stands === 'compiled'
        ? `compile ${name} again with this version (plan compile), and review what it writes`
        : stands === 'done'
          ? `${name} is done; use ${version} for anything that is still to be done with it`
          : `finish ${name} or roll it back with ${version}; plan status, plan log and plan doctor of this version read it, too`
    }`,
  })
}
