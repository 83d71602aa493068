import type { Finding } from '../errors.ts'
import type { Wish } from '../intents/define.ts'
import type { Checkpoint, Program, Watch } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import type { Part, Phase } from '../program/step.ts'
import type { Asked, Told } from './gather.ts'
import type { Unit, Writing } from './phases.ts'

type OfTable = { readonly table: TableRef }
type Phases = Program['phases']

/** What tables and documents do in ways of their own, on the one way from a plan to a program. */
export type Model<Outline extends OfTable, Whole extends OfTable, Act extends Part['action']> = {
  readonly engine: Program['engine']
  readonly nothing: (table: TableRef) => Outline
  readonly combine: (a: Outline, b: Outline) => Outline
  /** What an intent asks; nothing when it is of the other model. */
  readonly outlinesOf: (wish: Wish, told: Told) => readonly Outline[]
  /** What is wrong with the plan as a whole. `before`: what is wrong with its intents. */
  readonly findings: (asked: readonly Asked<Outline>[], before: readonly Finding[]) => readonly Finding[]
  readonly resolve: (asked: readonly Asked<Outline>[]) => Resolved<Outline, Whole, Act>
}

/** What follows once it is known what all intents ask, and what keeps both shapes in step. */
export type Resolved<Outline extends OfTable, Whole extends OfTable, Act extends Part['action']> = {
  readonly asked: readonly Asked<Outline>[]
  /** What is asked of one table or collection, with what it takes as a whole. */
  readonly whole: (outline: Outline) => Whole
  readonly units: (wholes: readonly Whole[]) => Readonly<Record<Phase, readonly Unit<Act>[]>>
  /** What a rollback runs once contract has dropped what was kept; empty when nothing is. */
  readonly restores: (wholes: readonly Whole[]) => readonly Unit<Act>[]
  readonly writing: Writing<Act>
  readonly checkpoints: (phases: Phases) => readonly Checkpoint[]
  readonly watch: (whole: Whole) => Watch
  readonly retired: (whole: Whole) => Omit<Program['retires'][number], 'table'>
  readonly size: (table: TableRef) => { readonly rows: number; readonly bytes: number } | undefined
  readonly warnings: (
    wholes: readonly Whole[],
    phases: Phases,
    checkpoints: readonly Checkpoint[],
  ) => readonly string[]
}
