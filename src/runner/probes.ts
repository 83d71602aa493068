import { execFile } from 'node:child_process'
import type { Program } from '../compiler/program.ts'
import type { Engine, Row } from '../dialects/session.ts'
import { PlanError } from '../errors.ts'
import type { Probe } from '../plan/plan.ts'
import { unused } from '../usage/unused.ts'

/** A probe that does not answer in this time has failed, milliseconds. */
const PATIENCE = 30_000

/** Runs every probe of a checkpoint; the first that does not pass is an error that says what it saw. */
export async function runProbes(
  engine: Engine,
  program: Program,
  checkpoint: string,
  probes: readonly Probe[],
  signal: AbortSignal,
): Promise<void> {
  for (const probe of probes) {
    const problem = await problemOf(engine, program, probe, signal)
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
  if ('sql' in probe) return sql(engine, probe.sql)
  if ('command' in probe) return command(probe.command, signal)
  return unused(engine, program, probe.unused.for)
}

async function http(
  { url, json, atLeast, equals }: Extract<Probe, { http: unknown }>['http'],
  signal: AbortSignal,
): Promise<string | null> {
  const where = new URL(url).origin
  let body: unknown
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    })
    if (!response.ok) return `${where} answered ${response.status}`
    body = json === null ? await response.text() : await response.json()
  } catch {
    return `${where} did not answer`
  }
  const value = json === null ? String(body).trim() : String(pick(body, json))
  if (equals !== null && value !== equals) return `${where} says ${json ?? 'something'} is not ${equals}`
  if (atLeast !== null && compareVersions(value, atLeast) < 0)
    return `${where} says ${json ?? 'its version'} is below ${atLeast}`
  return null
}

/** `$.a.b[0]`: only names and positions. */
function pick(body: unknown, path: string): unknown {
  const names = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]/)
    .filter((name) => name !== '')
  return names.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | null | undefined)?.[name],
    body,
  )
}

/** Compares dotted numbers; a part that is no number counts as 0. Negative when `a` is lower. */
function compareVersions(a: string, b: string): number {
  const parts = (version: string) =>
    version
      .replace(/^v/, '')
      .split(/[.+-]/)
      .map((part) => Number.parseInt(part, 10) || 0)
  const [left, right] = [parts(a), parts(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

async function sql(
  { session, failures }: Engine,
  { query, equals }: Extract<Probe, { sql: unknown }>['sql'],
): Promise<string | null> {
  let rows: readonly Row[]
  try {
    const limits = { statementTimeout: PATIENCE, readOnly: true }
    rows = await session.transaction(limits, async () => (await session.query(query)).rows)
  } catch (error) {
    if (failures.sessionLost(error)) throw error
    return `the query cannot be run: ${error instanceof Error ? error.message : 'it failed'}`
  }
  const value = Object.values(rows[0] ?? {})[0]
  return String(value) === equals ? null : `the query does not give ${equals}`
}

function command(
  { run, equals }: Extract<Probe, { command: unknown }>['command'],
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', run], { timeout: PATIENCE, signal }, (error, stdout) => {
      if (error) resolve(`${run} failed${typeof error.code === 'number' ? ` with status ${error.code}` : ''}`)
      else resolve(stdout.trim() === equals ? null : `${run} did not print ${equals}`)
    })
  })
}
