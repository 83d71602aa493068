import type { Session } from '../dialects/interface/session.ts'
import type { RowsAtFault } from '../errors.ts'
import type { Runner } from '../execution/context.ts'
import type { Computing } from '../program/kinds/computing.ts'
import type { Program } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import type { Step } from '../program/step.ts'
import type { Fill, Ranged } from '../program/walk.ts'
import type { Admission } from './admission.ts'
import type { ProgressCounter } from './progress.ts'
import type { Slice } from './slice.ts'

export type Work = {
  readonly runner: Runner
  readonly program: Program
  readonly step: Step
  readonly table: TableRef
  /** The columns that identify a row. */
  readonly key: readonly string[]
  /** Columns that no batch may change, in the order of the program. */
  readonly others: readonly string[]
  /** Where users' triggers may run in a batch: how they can be told to ignore its rows. */
  readonly sparing: (triggers: readonly string[]) => string
  /** These rows as an error carries them. Each is named by its key in words, or by its place. */
  readonly named: (rows: readonly string[]) => RowsAtFault
  readonly walk: Fill
  /** What functions of modules compute; null when the database itself computes all values. */
  readonly computing: Computing | null
  /** Sweeps follow in a later step, so one pass is enough. */
  readonly sweepsFollow: boolean
  readonly admission: Admission
  readonly progress: ProgressCounter
  readonly vacuum: Vacuum
  /** The number of this worker in its process, from 0. */
  readonly index: number
  /** The size of this worker's last batch, with which its next slice begins. 0 before the first one. */
  readonly pace: { rows: number }
  /** The sessions of this process that work on it. */
  readonly sessions: Session['backend'][]
  /** How many workers this process has when it only helps another runner; null in the runner's own process. */
  readonly joined: number | null
  /** The claim's epoch for the current slice, where workers claim slices. */
  readonly epoch?: number
}

/**
 * Errors that one bad row causes for its whole batch: a value that cannot be converted, or a broken rule of the table (a
 * duplicate value, too).
 */
export const ROW_AT_FAULT: readonly string[] = [
  'PLAN_POISON',
  'PLAN_INVARIANT',
  'PLAN_NULL',
  'PLAN_DUPLICATE',
]

type Batch = Pick<Slice, 'cursor' | 'walked' | 'written' | 'rate' | 'batchRows'> & { readonly done: boolean }

/** What one batch did. `timed`: the rows from which its speed is computed. */
export type Filled = Pick<Batch, 'cursor' | 'walked' | 'written' | 'done'> & { readonly timed: number }

/** A slice after one more batch. `walked`, `written`: rows of this batch alone. */
export const after = (slice: Slice, { done, walked, written, ...batch }: Batch): Slice => ({
  ...slice,
  ...batch,
  state: done ? 'done' : 'open',
  walked: slice.walked + walked,
  written: slice.written + written,
  batches: slice.batches + 1,
})

/** The key columns of a row, in order. */
export const keys = (row: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(row).map((_, index) => String(row[`k${index}`]))

/** The text for where a slice is. */
export const at = <Text>({ cursor }: Pick<Slice, 'cursor'>, { first, next }: Ranged<Text>): Text =>
  cursor === null ? first : next

/**
 * Removes old row versions between two slices, so that a large table does not double. Shared by all workers of a process.
 */
export type Vacuum = (work: Work, done: Slice) => Promise<void>
