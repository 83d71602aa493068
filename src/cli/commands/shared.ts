import { Command, InvalidArgumentError, Option } from 'commander'
import type { Place } from '../../operations/place/config.ts'
import type { Outside } from '../../operations/place/outside.ts'
import { PHASES } from '../../program/step.ts'
import { parseDuration } from '../../text/duration.ts'
import { outsideOf, type Shell } from '../io.ts'
import { watcher } from '../watch.ts'

/** Options of every command that opens a database. */
export type Connecting = {
  readonly config?: string
  readonly env?: string
  readonly url?: string
  readonly database?: string
  readonly json?: true
}

/** The same for a request. */
export const placeOf = ({ config, env, url, database }: Connecting): Place => ({
  config,
  environment: env,
  url,
  database,
})

/** For commands whose result is one document: they say which database it comes from. */
export const quietly = (io: Shell, approve?: Outside['approve']): Outside =>
  outsideOf(io, watcher(io, false).report, approve)

/** A command that may print JSON. */
const command = (name: string, description: string): Command =>
  new Command(name).description(description).option('--json', 'print one JSON document instead of text')

/** A command that opens the database. */
export const connecting = (name: string, description: string): Command =>
  command(name, description)
    .option('--url <url>', 'the database; better kept in PLAN_DATABASE_URL or plan.config.yaml')
    .option('--env <name>', 'the environment of plan.config.yaml (or PLAN_ENV)')
    .option('--database <name>', 'the one of plan.config.yaml, when it has several and no plan says which')
    .option('--config <file>', 'plan.config.yaml, when it is not in this folder or above')

export const phaseOption = (flags: string, description: string): Option =>
  new Option(flags, description).choices([...PHASES])

/** A duration above zero, milliseconds. */
export function durationArgument(written: string): number {
  const parsed = parseDuration(written)
  if (parsed) return parsed
  throw new InvalidArgumentError('It is a whole number and a unit: 250ms, 2s, 30m, 24h.')
}

/** A number within bounds, both inclusive. */
export const numberArgument = (least: number, most: number, whole: boolean) => (written: string) => {
  const value = Number(written)
  if (written.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value)))
    return value
  throw new InvalidArgumentError(`It is ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}.`)
}

export const maxWaitHelp =
  'how long a backfill may stand still, paused, outside its window or throttled (default: 1h)'

/** Prints text for people, or keeps the body of the one document that is printed at the end. */
export function show(io: Shell, json: true | undefined, body: object, text: () => string): void {
  if (json) io.said.document = body
  else io.out(text())
}
