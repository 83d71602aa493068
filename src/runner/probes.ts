import type { Engine } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import { interruptible, stopIfAsked } from '../execution/retry.ts'
import type { Probe } from '../plan/plan.ts'
import { isAtLeast } from '../plan/version.ts'
import type { Program } from '../program/program.ts'
import { formatDuration } from '../text/duration.ts'
import { ask } from './http.ts'
import { shell } from './shell.ts'
import { unused } from './unused.ts'

/** How long a probe may take before it counts as failed, milliseconds. */
const PATIENCE = 30_000

/** Runs every probe of a checkpoint. The first that fails throws an error that says what it saw. */
export async function runProbes(
  engine: Engine,
  program: Program,
  checkpoint: string,
  probes: readonly Probe[],
  signal: AbortSignal,
): Promise<void> {
  for (const probe of probes) {
    const problem = await problemOf(engine, program, probe, signal)
    stopIfAsked({ signal, plan: program.plan.name })
    if (problem)
      throw new PlanError('PLAN_PROBE', `${checkpoint}: ${problem}`, {
        hint: 'make it true (finish the deploy), then try again',
      })
  }
}

function problemOf(
  engine: Engine,
  program: Program,
  probe: Probe,
  signal: AbortSignal,
): Promise<string | null> {
  if ('http' in probe) return http(probe.http, signal)
  if ('sql' in probe) return sql({ engine, signal, plan: program.plan.name }, probe.sql)
  if ('command' in probe) return command(probe.command, signal)
  return unused(engine, program, probe.unused.for)
}

async function http(
  { url, allowLocalLink, json, atLeast, equals }: Extract<Probe, { http: unknown }>['http'],
  signal: AbortSignal,
): Promise<string | null> {
  const where = new URL(url).origin
  const answer = await ask({ url, allowLocalLink, signal, patience: PATIENCE })
  if ('problem' in answer) return `${where} ${answer.problem}`
  const body = json === null ? answer.body.trim() : parsed(answer.body)
  if (body === undefined) return `${where} did not answer with JSON`
  const value = json === null ? String(body) : String(pick(body, json))
  if (equals !== null && value !== equals) return `${where} says ${json ?? 'something'} is not ${equals}`
  if (atLeast === null) return null
  const enough = isAtLeast(value, atLeast)
  if (enough === null) return `${where} does not give a version${json === null ? '' : ` as ${json}`}`
  return enough ? null : `${where} says ${json ?? 'its version'} is below ${atLeast}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads a path such as `$.a.b[0]`, which has only names and positions. */
function pick(body: unknown, path: string): unknown {
  const names = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]/)
    .filter((name) => name !== '')
  return names.reduce<unknown>(
    (value, name) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    body,
  )
}

async function sql(
  asked: { readonly engine: Engine; readonly signal: AbortSignal; readonly plan: string },
  { runs, equals }: Extract<Probe, { sql: unknown }>['sql'],
): Promise<string | null> {
  const { session, failures } = asked.engine
  const limits = { statementTimeout: PATIENCE, readOnly: true }
  try {
    const { rows } = await interruptible(asked, () => session.transaction(limits, () => session.query(runs)))
    if (rows.length > 1) return 'the query gives more than one row'
    return rows[0]?.['value'] === equals ? null : `the query does not give ${equals}`
  } catch (error) {
    if (failures.sessionLost(error) || (error instanceof PlanError && error.code === 'PLAN_INTERRUPTED'))
      throw error
    if (failures.tookTooLong(error)) return `the query did not end in ${formatDuration(PATIENCE)}`
    return `the query cannot be run: ${error instanceof PlanError ? error.message : 'it failed'}`
  }
}

async function command(
  { run, equals }: Extract<Probe, { command: unknown }>['command'],
  signal: AbortSignal,
): Promise<string | null> {
  const found = await shell(run, signal, PATIENCE)
  if ('problem' in found) return `${run} ${found.problem}`
  return found.printed === equals ? null : `${run} did not print ${equals}`
}
