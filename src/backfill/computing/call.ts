import { PlanError } from '../../errors.ts'
import { inWords } from '../../execution/named.ts'
import { type Computed, type Computing, callText, type ModuleCall } from '../../program/kinds/computing.ts'
import type { Work } from '../work.ts'
import { fromText, type GivenRow, toText } from './values.ts'

/** Longest time that a function may take for one row, milliseconds. One that blocks the process cannot be ended. */
const LONGEST = 30_000

/** A row that was read. `texts`: what its columns hold. `id` is null when the row is gone. `lost`: a column is too large. */
export type ReadRow = {
  readonly place: readonly string[]
  readonly key: readonly string[]
  readonly id: string | null
  readonly was: string
  readonly texts: ReadonlyMap<string, string | null>
  readonly lost: boolean
}

/** The values of a row as texts, in the order of the columns; or the error that names the row. */
export async function valuesOf(
  work: Work,
  { columns, reads }: Computing,
  row: ReadRow,
): Promise<readonly (string | null)[] | PlanError> {
  if (row.lost) return tooLarge(work, row, 'this row holds more in one column')
  const kinds = new Map(reads.map(({ name, kind }) => [name, kind]))
  const found: (string | null)[] = []
  for (const one of columns) {
    const given = Object.fromEntries(
      one.reads.map((name) => [name, fromText(row.texts.get(name) ?? null, kinds.get(name) ?? 'text')]),
    )
    const value = await called(work, one, given, row)
    if (value instanceof PlanError) return value
    found.push(value.text)
  }
  return found
}

async function called(
  work: Work,
  { call, column, kind, required }: Computed,
  given: GivenRow,
  row: ReadRow,
): Promise<{ readonly text: string | null } | PlanError> {
  const { runner } = work
  const run = await runner.load(call)
  let value: unknown
  try {
    value = run(given)
    if (isPromise(value)) value = await within(work, value)
  } catch (error) {
    return error === LATE
      ? refusal(
          work,
          row,
          call,
          `took longer than ${LONGEST / 1000} seconds`,
          'let it give up earlier, or make it quicker',
        )
      : refusal(work, row, call, `threw ${thrown(error, call)}`, 'mend the function or the row')
  }
  const text = toText(value, kind)
  if ('no' in text)
    return refusal(
      ...([work, row, call, `gave ${text.no}`] as const),
      `let it give a value that ${column} can hold, or null`,
    )
  return required && text.text === null
    ? refusal(work, row, call, 'gave null', `${column} is required: let it give a value for every row`)
    : text
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

const LATE = Symbol('late')

/** The value of a promise, or an error when that takes too long. */
async function within({ runner }: Work, value: PromiseLike<unknown>): Promise<unknown> {
  const stop = new AbortController()
  const late = runner
    .sleep(LONGEST, AbortSignal.any([runner.signal, stop.signal]))
    .then(() => (runner.signal.aborted ? undefined : Promise.reject(LATE)))
  // When the value comes first nobody looks at the other any more.
  late.catch(() => {})
  try {
    return await Promise.race([value, late.then(() => new Promise<never>(() => {}))])
  } finally {
    stop.abort()
  }
}

/**
 * What was thrown, and where: its class and the line of the module. The message is left out, because it may hold values of
 * the row.
 */
function thrown(error: unknown, { file }: ModuleCall): string {
  if (!(error instanceof Error)) return 'something that is no Error'
  const { name } = error.constructor
  const known = /^[A-Za-z_$][\w$]{0,60}$/.test(name) ? name : 'an error'
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const base = file.replace(/^.*\//, '')
  const line = frames
    .map((frame) => /\/([^/?]+)\?sha256=[0-9a-f]+:(\d+):\d+\)?$/.exec(frame))
    .find((one) => one?.[1] === base)?.[2]
  return line === undefined ? known : `${known} at ${base}:${line}`
}

/** `what`: what is larger than the server takes. */
export const tooLarge = (work: Work, row: ReadRow, what: string): PlanError => {
  const named = inWords(work.key, row.key)
  const { walk } = work
  const room = 'computing' in walk ? walk.computing?.room : undefined
  return new PlanError(
    'PLAN_POISON',
    `${work.step.id}: ${what} than the server takes at once: the row with ${named}`,
    {
      hint: `${room ? `${room.hint}, ` : ''}or plan throttle ${work.runner.plan} --on-error quarantine, which passes over such rows and names them all at once; then advance again`,
      rows: work.named([named]),
    },
  )
}

const refusal = (work: Work, row: ReadRow, call: ModuleCall, what: string, hint: string): PlanError => {
  const named = inWords(work.key, row.key)
  return new PlanError(
    'PLAN_POISON',
    `${work.step.id}: ${callText(call)} ${what} for the row with ${named}`,
    {
      hint: `${hint}; a changed module is another plan (plan rollback ${work.runner.plan} first); or plan throttle ${work.runner.plan} --on-error quarantine, which passes over such rows and names them all at once; then advance again`,
      rows: work.named([named]),
    },
  )
}
