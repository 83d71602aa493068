import { dirname } from 'node:path'
import type { Surroundings } from '../../execution/context.ts'
import type { Program } from '../../program/program.ts'
import type { RunRequest } from '../../runner/acquire.ts'
import type { Opened } from './database.ts'
import { loaderFor } from './modules.ts'
import type { Context } from './outside.ts'
import type { PlanFile } from './plan-files.ts'

/** How a run may be changed by its request. */
export type Pace = {
  /** How long a backfill may stand still, paused, outside its window or throttled, milliseconds (default: one hour). */
  readonly maxWait?: number | undefined
  /** How many batches may run at once, instead of what the plan says. */
  readonly workers?: number | undefined
}

const MAX_WAIT = 3_600_000

/** The outside effects that the runner needs. */
export const surroundings = (
  { report, approve, signal, sleep, clock }: Context,
  { settings, another }: Pick<Opened, 'settings' | 'another'>,
  file: PlanFile | null,
  { maxWait = MAX_WAIT, workers }: Pace = {},
): Surroundings => ({
  report,
  approve,
  another,
  signal,
  sleep,
  clock,
  random: Math.random,
  production: settings.production,
  lockTimeout: settings.lockTimeout,
  retries: settings.retries,
  maxWait,
  workers: workers ?? null,
  load: loaderFor(file && dirname(file.file)),
})

/** The program to run, the text of the plan, and its file when that is on this disk. */
export type Run = { readonly program: Program; readonly source: string; readonly file: PlanFile | null }

/** What the runner needs to take a plan. */
export const runRequest = (
  context: Context,
  opened: Opened,
  { program, source, file }: Run,
  pace: Pace = {},
): RunRequest => ({
  ...surroundings(context, opened, file, pace),
  ...{ program, source },
  engine: opened.engine,
  store: opened.store,
  actor: context.actor,
  host: context.host,
})
