import type { Program } from '../../src/program/program.ts'
import type { Part, Step } from '../../src/program/step.ts'
import type { Lock, Statements } from '../../src/program/written.ts'

/** What a statement did on one table, or what a step says that it does. `mode`: the strongest lock. */
export type Effect = { readonly mode: string | null; readonly scans: boolean; readonly rewrites: boolean }
export type Effects = ReadonlyMap<string, Effect>

const NONE: Effect = { mode: null, scans: false, rewrites: false }

/** A part of a step that is a list of statements. */
export type Ddl = Part & { readonly written: Statements; readonly step: Step }

export const ddlOf = (step: Step): Ddl[] =>
  step.parts.flatMap(({ action, written }) =>
    written.run === 'statements' ? [{ action, written, step }] : [],
  )

/** What the locks of a part say, by table. `order`: modes from weak to strong. */
export function stated(locks: readonly Lock[], order: readonly string[]): Effects {
  const all = new Map<string, Effect>()
  for (const { on, mode, during } of locks) {
    const known = all.get(on)
    const stronger = order.indexOf(mode) > order.indexOf(known?.mode ?? '')
    all.set(on, {
      mode: stronger ? mode : (known?.mode ?? mode),
      scans: (known?.scans ?? false) || during === 'scan' || during === 'build',
      rewrites: (known?.rewrites ?? false) || during === 'rewrite',
    })
  }
  return all
}

/** Several effects as one: the strongest lock, and all that happened. */
export const together = (all: readonly Effects[], order: readonly string[]): Effects => {
  const merged = new Map<string, Effect>()
  for (const [on, { mode, scans, rewrites }] of all.flatMap((one) => [...one])) {
    const known = merged.get(on) ?? NONE
    const stronger = order.indexOf(mode ?? '') > order.indexOf(known.mode ?? '')
    merged.set(on, {
      mode: stronger ? mode : known.mode,
      scans: known.scans || scans,
      rewrites: known.rewrites || rewrites,
    })
  }
  return merged
}

const effectText = ({ mode, scans, rewrites }: Effect): string =>
  `${mode ?? 'no lock'}${scans ? ', reads all rows' : ''}${rewrites ? ', writes it anew' : ''}`

/** Where what is said differs from what was measured, a line each. `weakest`: a lock that nobody notices. */
export function differences(says: Effects, does: Effects, weakest: string): string[] {
  const quiet = (one: Effect | undefined): Effect =>
    one === undefined || (one.mode === weakest && !one.scans && !one.rewrites) ? NONE : one
  return [...new Set([...says.keys(), ...does.keys()])].flatMap((on) => {
    const [said, done] = [effectText(quiet(says.get(on))), effectText(quiet(does.get(on)))]
    return said === done ? [] : [`${on}: ${said} is said, ${done} is measured`]
  })
}

/** The kinds of actions in a program. */
export const kindsOf = ({ phases }: Program): Set<string> =>
  new Set(phases.flatMap(({ steps }) => steps.flatMap(({ parts }) => parts.map(({ action }) => action.do))))
