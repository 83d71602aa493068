import { stepsOf } from '../program/actions.ts'
import { quietOf } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Part, Step } from '../program/step.ts'
import { wordsOf } from '../program/words.ts'
import type { Lock } from '../program/written.ts'
import { formatDuration } from '../text/duration.ts'
import { bytesText, counted, listed, thousands } from '../text/words.ts'
import { isContended } from './locks.ts'

/** How long a step may take, milliseconds. Both are null when the table's size is unknown. */
export type Estimate = {
  readonly low: number | null
  readonly high: number | null
  /** `2m 4s to 10m 20s`. */
  readonly short: string
  /** The same, with the sizes and rates behind it. */
  readonly text: string
}

/** Usual rates of machines, from slow to fast. The runbook states them once, because its reader may know better. */
const RATES = {
  rows: { slow: 20_000, fast: 100_000 },
  scan: { slow: 100e6, fast: 400e6 },
  build: { slow: 20e6, fast: 100e6 },
  rewrite: { slow: 20e6, fast: 100e6 },
} as const

const MOMENT = 1000

type Range = { readonly low: number; readonly high: number; readonly from: string }

/** The expected duration of one step, from the sizes at compile time. */
export function estimateOf(step: Step, program: Program): Estimate {
  const ranges = step.parts.map((part) => rangeOf(part, program)).filter((range) => range !== 'moment')
  if (ranges.length === 0) return moment(step)
  const known = ranges.filter((range) => range !== null)
  if (known.length < ranges.length)
    return { low: null, high: null, short: 'unknown', text: `unknown: ${whyUnknown(step, program)}` }
  const low = sum(known.map((range) => range.low))
  const high = sum(known.map((range) => range.high))
  const short = rangeText(low, high)
  return {
    low,
    high,
    short,
    text: `${short} (from statistics: ${listed([...new Set(known.map(({ from }) => from))])})`,
  }
}

/** The duration of several steps in a row. Steps of unknown duration are named and not counted. */
export function totalOf(steps: readonly Step[], program: Program): Estimate {
  const all = steps.map((step) => ({ id: step.id, ...estimateOf(step, program) }))
  const unknown = [...new Set(all.filter(({ high }) => high === null).map(({ id }) => id))]
  const low = sum(all.map((one) => one.low ?? 0))
  const high = sum(all.map((one) => one.high ?? 0))
  const short = unknown.length === all.length && all.length > 0 ? 'unknown' : rangeText(low, high)
  return {
    low,
    high,
    short,
    text: unknown.length > 0 && short !== 'unknown' ? `${short}, not counting ${listed(unknown)}` : short,
  }
}

/** The assumption behind the expected durations, in one sentence; null when every step takes only a moment. */
export function assumptions(program: Program): string | null {
  const steps = stepsOf(program)
  if (steps.every(({ parts }) => parts.every(({ written }) => longest(written.locks) === 'moment')))
    return null
  const mb = (range: { slow: number; fast: number }) => `${range.slow / 1e6} to ${range.fast / 1e6} MB/s`
  const { slow, fast } = RATES.rows
  const { duty } = program.backfill
  const rests = duty < 1 ? ` in the ${Math.round(duty * 100)} % of the time that batches may run` : ''
  return `Expected durations assume ${thousands(slow)} to ${thousands(fast)} ${wordsOf(program).row}s/s for a backfill${rests}, ${mb(RATES.scan)} for a scan and ${mb(RATES.build)} for an index build or rewrite, on the sizes when the plan was compiled.`
}

/** A range as text: `up to 12s`, `2m 4s to 10m 20s`. Milliseconds are left out. */
function rangeText(low: number, high: number): string {
  const seconds = (time: number) => formatDuration(Math.ceil(time / 1000) * 1000)
  if (high <= MOMENT) return 'under a second'
  if (low < 1000) return `up to ${seconds(high)}`
  return seconds(low) === seconds(high) ? seconds(low) : `${seconds(low)} to ${seconds(high)}`
}

const moment = (step: Step): Estimate => {
  const short = 'under a second'
  return {
    low: 0,
    high: MOMENT,
    short,
    text: isContended(step) ? `${short}, plus up to lock_timeout per try` : short,
  }
}

function rangeOf({ action, written }: Part, program: Program): Range | 'moment' | null {
  const during = longest(written.locks)
  if (during === 'moment') return 'moment'
  const table = 'table' in action ? `${action.table.schema}.${action.table.name}` : null
  const size = program.estimates.find((estimate) => estimate.table === table)
  if (!size) return null
  if (during === 'batch') {
    if (size.rows < 0) return null
    const walk = range(size.rows, RATES.rows, program.backfill.duty, counted(size.rows, wordsOf(program).row))
    const time = quietOf(action)
    return time === null ? walk : quiet(walk, time)
  }
  return range(size.bytes, RATES[during], 1, bytesText(size.bytes))
}

const range = (amount: number, rate: { slow: number; fast: number }, duty: number, from: string): Range => ({
  low: (amount / rate.fast / duty) * 1000,
  high: (amount / rate.slow / duty) * 1000,
  from,
})

/** Sweeps last at least as long as nothing may be found. */
const quiet = ({ low, high, from }: Range, time: number): Range => ({
  low: low + time,
  high: high + time,
  from: `${from}, and ${formatDuration(time)} of quiet`,
})

const whyUnknown = (step: Step, program: Program): string =>
  step.parts.some(({ written }) => written.run === 'prove query')
    ? "it depends on the plan's own query"
    : `the database has no statistics of this ${wordsOf(program).table}`

const LONGEST = ['batch', 'rewrite', 'build', 'scan'] as const
const longest = (locks: readonly Lock[]): Lock['during'] =>
  LONGEST.find((during) => locks.some((lock) => lock.during === during)) ?? 'moment'

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
