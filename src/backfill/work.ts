import type { Session } from '../dialects/interface/session.ts'
import type { Runner } from '../execution/context.ts'
import type { Program } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import type { Step } from '../program/step.ts'
import type { Admission } from './admission.ts'
import type { ProgressCounter } from './progress.ts'
import type { Slice } from './slice.ts'

export type Work = {
  readonly runner: Runner
  readonly program: Program
  readonly step: Step
  readonly table: TableRef
  /** The names of the columns by which rows are told apart. */
  readonly key: readonly string[]
  /** Those of its columns that no batch may change, in the order of the program. */
  readonly others: readonly string[]
  /** Where triggers of users may run in a batch: how they can be kept from its rows. */
  readonly sparing: (triggers: readonly string[]) => string
  readonly queries: Readonly<Record<string, string>>
  /** Sweeps follow in a later step, so one pass is enough. */
  readonly settles: boolean
  readonly admission: Admission
  readonly progress: ProgressCounter
  readonly vacuum: Vacuum
  /** Which of the workers of this process it is, from 0. */
  readonly index: number
  /** Rows of this worker's last batch: where it begins with its next slice. 0 before the first one. */
  readonly pace: { rows: number }
  /** The sessions of this process that work on it. */
  readonly sessions: Session['backend'][]
  /** Workers of this process when another one runs the plan and this one only helps; null in the runner's own. */
  readonly joined: number | null
  /** Of the slice under way, where workers claim them. */
  readonly epoch?: number
}

/** What one bad row does to its whole batch: a value that cannot be converted, or a rule of the table it breaks (one row has a value only once, too). */
export const ROW_AT_FAULT: readonly string[] = [
  'PLAN_POISON',
  'PLAN_INVARIANT',
  'PLAN_NULL',
  'PLAN_DUPLICATE',
]

/** Documents are walked along by pages of their ids. */
export const hasPages = ({ queries }: Pick<Work, 'queries'>): boolean => 'page' in queries

/** A table without a key is walked along by its blocks. */
export const hasBlocks = ({ queries }: Pick<Work, 'queries'>): boolean => 'row' in queries

type Batch = Pick<Slice, 'cursor' | 'walked' | 'written' | 'rate' | 'batchRows'> & { readonly done: boolean }

/** What one batch did, `timed`: the rows by which its speed is told. */
export type Filled = Pick<Batch, 'cursor' | 'walked' | 'written' | 'done'> & { readonly timed: number }

/** A slice with one more batch done. `walked`, `written`: rows of this batch alone. */
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

/** A batch may be several statements: `batch`, `batch.1`, … */
export const texts = (queries: Readonly<Record<string, string>>, name: string): string[] =>
  Object.entries(queries).flatMap(([key, query]) =>
    key === name || key.startsWith(`${name}.`) ? [query] : [],
  )

/** One of the texts that the dialect wrote for the backfill. */
export function text(queries: Readonly<Record<string, string>>, name: string): string {
  const query = queries[name]
  if (query === undefined) throw new Error(`the program has no query ${name} for a backfill`)
  return query
}

/** Clears old row versions between two slices, so that a large table does not double. For all workers of a process. */
export type Vacuum = (work: Work, done: Slice) => Promise<void>
