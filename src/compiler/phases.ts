import type { Program } from '../program/program.ts'
import { type Part, PHASES, type Phase, type Step } from '../program/step.ts'
import type { Written } from '../program/written.ts'

/** The actions of one step, which share its transaction. `final`: it cannot be undone. */
export type Unit<Act> = { readonly actions: readonly Act[]; readonly final?: true }

/** What a reviewer reads of a step: what it does, and why in this way. */
export type Wording = { readonly title: string; readonly reason: string }

/** How the actions of a step become statements, and words for people. */
export type Writing<Act> = {
  readonly write: (action: Act) => Written
  readonly word: (actions: readonly Act[]) => Wording
}

/** The phases of a program in order, without empty ones. */
export const phasesOf = <Act extends Part['action']>(
  units: Readonly<Record<Phase, readonly Unit<Act>[]>>,
  writing: Writing<Act>,
): Program['phases'] =>
  PHASES.map((phase) => ({
    phase,
    steps: stepsOf(phase, phase, units[phase], writing),
  })).filter(({ steps }) => steps.length > 0)

/** `name`: what the ids of the steps begin with. */
export const stepsOf = <Act extends Part['action']>(
  name: string,
  phase: Phase,
  units: readonly Unit<Act>[],
  { write, word }: Writing<Act>,
): readonly Step[] =>
  units.map(({ actions, final = false }, index) => ({
    id: `${name}.${index + 1}`,
    phase,
    ...word(actions),
    reversible: !final,
    parts: actions.map((action) => ({ action, written: write(action) })),
  }))
