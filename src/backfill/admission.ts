import type { Engine } from '../dialects/interface/engine.ts'
import type { Session } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { type Opened, type Runner, reading, writing } from '../execution/context.ts'
import { stopIfAsked } from '../execution/retry.ts'
import type { Controls } from '../ledger/records.ts'
import { openAt } from '../plan/window.ts'
import type { Limits } from '../program/limits.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { openWatch, type Watch } from './blocked.ts'
import { throttled } from './pressure.ts'

/** How often the server's load is measured, and how often a waiting worker looks again, milliseconds. */
const EVERY = 1_000

/** With more old row versions a server slows down for everybody, whatever the plan says. */
const HISTORY = 1_000_000

/** How the next batch runs: as the plan says, or as a person asked meanwhile. */
type Terms = {
  /** How long a batch should take, milliseconds. */
  readonly target: number
  /** The share of time in which batches may run. */
  readonly duty: number
  /** How many batches run at once. */
  readonly workers: number
  /** How often others had to wait too long for our locks so far. Each time makes batches smaller. */
  readonly crowded: number
}

/** The conditions under which a batch of a step may begin, for all workers of a process. */
export type Admission = {
  /** Waits until the next batch may begin. Throws PLAN_PAUSED when that takes longer than the runner will wait. */
  readonly admit: (runner: Runner) => Promise<Terms>
  /** Counts the sessions that wait for locks of this process until it is disposed of, if the plan limits them. */
  readonly watching: (runner: Runner) => Promise<AsyncDisposable>
  /** Adds one more session of this process to those that are watched. */
  readonly also: (runner: Runner, backend: Session['backend']) => Promise<void>
}

/** Why a batch has to wait. `until`: when that ends, milliseconds since 1970, if known. */
type Reason = { readonly text: string; readonly until?: number | null; readonly hint: string }

type Look = (runner: Runner, controls: Controls) => Promise<Reason | null>

/**
 * What a batch of a backfill waits for: a person's pause, the plan's window, and the load of the server and its replicas.
 * `noted`: the reason is written to the ledger, too.
 */
export const openAdmission = (program: Program, step: Step, noted: boolean): Admission =>
  admissionOf(program, step, noted, [paused, outside(program)])

/** What a rollback's batches wait for: only the server's load, because the rollback is wanted now. */
export const openUndoAdmission = (program: Program, step: Step): Admission =>
  admissionOf(program, step, true, [])

function admissionOf(program: Program, step: Step, noted: boolean, first: readonly Look[]): Admission {
  // Programs of an earlier version have no such limit.
  const maxBlocked = program.backfill.limits.maxBlocked ?? null
  let said: string | null = null
  let watch: Watch | null = null
  let gauge: Opened | null = null
  const looks = [...first, strained(program, () => gauge?.engine ?? null)]
  let [crowded, until, last]: [number, number, Reason | null] = [0, 0, null]
  /** All workers of the process rest when others had to wait for any of them. */
  const crowd = (runner: Runner): Reason | null => {
    const blocked = watch?.most() ?? 0
    if (maxBlocked !== null && blocked > maxBlocked) {
      crowded++
      ;[until, last] = [runner.clock() + EVERY, waited(blocked, maxBlocked)]
    }
    return runner.clock() < until ? last : null
  }
  const look = async (runner: Runner, controls: Controls): Promise<Reason | null> => {
    const crowding = crowd(runner)
    if (crowding) return crowding
    for (const one of looks) {
      const reason = await one(runner, controls)
      if (reason) return reason
    }
    return null
  }
  /** Reports the reason once, and stores it in the ledger for other readers. */
  const tell = async (runner: Runner, reason: string | null) => {
    said = reason === null ? null : kindOf(reason)
    // The ledger first: who reads the report may ask for the status at once.
    if (noted)
      await writing(runner, (ledger) => ledger.waiting(reason === null ? null : { step: step.id, reason }))
    runner.report({ event: 'throttled', step: step.id, reason })
  }
  /** Checks once; true when the batch may begin. */
  const free = async (runner: Runner, controls: Controls, since: number): Promise<boolean> => {
    const reason = await look(runner, controls)
    if (reason && kindOf(reason.text) !== said) await tell(runner, reason.text)
    if (reason) await giveUp(runner, step, reason, runner.clock() - since)
    // This also removes a reason that another process left in the ledger.
    else if (said !== null || (noted && controls.waiting !== null)) await tell(runner, null)
    return reason === null
  }
  return {
    admit: async (runner) => {
      for (const since = runner.clock(); ; await runner.sleep(EVERY, runner.signal)) {
        stopIfAsked(runner)
        const controls = await reading(runner, (store) => store.controls(runner.plan, runner.run))
        if (await free(runner, controls, since)) return { ...termsOf(program, runner, controls), crowded }
      }
    },
    watching: async (runner) => {
      if (maxBlocked !== null && runner.engine.blocked !== null) watch = await openWatch(runner)
      return {
        [Symbol.asyncDispose]: async () => {
          await watch?.[Symbol.asyncDispose]()
          await gauge?.[Symbol.asyncDispose]()
          ;[watch, gauge] = [null, null]
        },
      }
    },
    also: async (runner, backend) => {
      watch?.also(backend)
      // Sessions see replicas differently, so all workers measure through one session.
      if (runner.engine.pressure !== null) gauge ??= await runner.another()
    },
  }
}

/** The reason without its numbers: a change of numbers alone is not reported again. */
const kindOf = (text: string): string => text.replace(/\d[\d.,]*/g, '#')

const waited = (blocked: number, limit: number): Reason => ({
  text: `${blocked} ${blocked === 1 ? 'session' : 'sessions'} waited for locks of a batch (limit ${limit})`,
  hint: 'give batches a shorter target, or run them at a quieter time; then advance again: it goes on where it is',
})

const termsOf = (program: Program, { workers }: Runner, { settings }: Controls): Omit<Terms, 'crowded'> => ({
  target: settings.batchTarget ?? program.backfill.batch.target,
  duty: settings.duty ?? program.backfill.duty,
  workers: settings.workers ?? workers ?? program.backfill.workers ?? 1,
})

async function giveUp(
  runner: Runner,
  step: Step,
  { text, until, hint }: Reason,
  waited: number,
): Promise<void> {
  const left = until ? until - (await runner.engine.now()) : 0
  if (waited + left < runner.maxWait) return
  throw new PlanError('PLAN_PAUSED', `${step.id} waits: ${text}`, { hint })
}

const paused: Look = async (runner, controls) => pauseOf(runner.plan, controls)

/** Why nothing begins when a person has paused the plan. */
export const pauseOf = (plan: string, { paused: pause }: Controls): Reason | null =>
  pause && {
    text: `paused by ${pause.by}${pause.note === null ? '' : `: ${pause.note}`}`,
    hint: `plan resume ${plan} lets it go on; then advance again`,
  }

function outside({ backfill: { window = [] } }: Program): Look {
  return async (runner) => {
    const { open, opens } = openAt(window, window.length === 0 ? 0 : await runner.engine.now())
    if (open) return null
    const when =
      opens === null ? 'never opens' : `opens ${new Date(opens).toISOString().replace(':00.000Z', 'Z')}`
    return {
      text: `outside its window, which ${when}`,
      until: opens,
      hint: `run plan advance ${runner.plan} again then, or give --max-wait a longer time`,
    }
  }
}

/** Measured at most once a second, by whichever worker comes first, for all of them. */
function strained(program: Program, gauge: () => Engine | null): Look {
  let [asked, asking] = [Number.NEGATIVE_INFINITY, false]
  let last: Promise<Reason | null> = Promise.resolve(null)
  const read = async ({ pressure }: Engine, limits: Limits): Promise<Reason | null> => {
    const text = pressure && throttled(await pressure(limits.maxLag !== null), limits)
    return text === null ? null : { text, hint: 'see to that, then advance again: it goes on where it is' }
  }
  return (runner, { settings }) => {
    if (!asking && runner.clock() - asked >= EVERY) {
      asking = true
      last = read(gauge() ?? runner.engine, limitsOf(program, settings)).finally(() => {
        ;[asked, asking] = [runner.clock(), false]
      })
    }
    return last
  }
}

const limitsOf = ({ backfill: { limits } }: Program, { maxLag }: Controls['settings']): Limits => ({
  ...limits,
  maxLag: maxLag ?? limits.maxLag,
  maxHistory: limits.maxHistory ?? HISTORY,
})
