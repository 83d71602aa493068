import type { Growth, Language } from '../../../dialects/interface/language.ts'
import { type Finding, PlanError, type Position } from '../../../errors.ts'
import type { Wish } from '../../../intents/define.ts'
import type { Outline } from '../../../intents/tables/outline.ts'
import type { Plan, PlanSource } from '../../../plan/plan.ts'
import type { Action } from '../../../program/action.ts'
import { newColumns } from '../../../program/actions.ts'
import type { Traits } from '../../../program/traits.ts'
import type { Snapshot } from '../../../schema/snapshot.ts'
import { othersIn, unveilable } from '../../compatibility.ts'
import type { Asked } from '../../gather.ts'
import { unkept } from './archive/keepable.ts'
import type { Merged } from './merged.ts'

/** Why the application has to keep both shapes in step itself; an empty text when the plan says so; null with triggers. */
export function applicationSync(plan: Plan, asked: readonly Asked<Outline>[]): string | null {
  const missed = asked.find(({ outline }) => outline.triggerGaps.length > 0)
  const why = missed?.outline.triggerGaps[0]
  const synced = asked.some(({ outline }) => outline.sync.length + outline.marks.length > 0)
  if (plan.sync === 'triggers' && missed)
    throw new PlanError('PLAN_UNSUPPORTED', `triggers cannot keep both shapes in step: ${why}`, {
      hint: 'write sync: application, and deploy a version that writes both shapes before the backfill',
      at: missed.at,
    })
  if (plan.sync === 'application') return synced ? '' : null
  return missed ? `the application has to write both shapes (sync: application): ${why}` : null
}

/** Refuses an old column that requires a value when no trigger fills it for the new version. */
export function requireLenient(asked: readonly Asked<Outline>[], unfilled: boolean): void {
  for (const { outline, at } of asked) {
    const strict = outline.retire.find((one) => one.strict)
    if (!unfilled || !strict) continue
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      `${outline.table.name}.${strict.column} is required and has no default, so a version that no longer writes it would be refused`,
      {
        hint: 'let it be empty or give it a default first (ALTER TABLE), then compile the plan again',
        at,
      },
    )
  }
}

/**
 * Refuses an old column that cannot be renamed. Without triggers it is retired under another name, so that a version that
 * still writes it is refused.
 */
export function requireRenamable(
  asked: readonly Asked<Outline>[],
  { tables }: Snapshot,
  language: Language,
): void {
  for (const { outline, at } of asked) {
    const { schema, name } = outline.table
    const table = tables.find((one) => one.schema === schema && one.name === name)
    if (!table) continue
    for (const { column } of outline.retire) {
      const problem = language.unrenamable(table, column)
      if (problem) throw new PlanError('PLAN_UNSUPPORTED', problem.refused, { hint: problem.hint, at })
    }
  }
}

/**
 * Refuses a default that depends on the client's settings: a sync that evaluates expressions uses its own settings and
 * would not recognise it.
 */
export function requireTold(
  language: Language,
  { table: { name }, sync: groups }: Outline,
  at: Position,
): void {
  if (groups.every((group) => group.kind === 'pair' && group.identical)) return
  const local = groups
    .flatMap((group) => (group.kind === 'pair' ? group.down : []))
    .find(({ default: given, type }) => given && !given.volatile && language.localDefault(given.sql, type))
  if (local)
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      `the default of ${name}.${local.column} (${local.default?.sql}) goes by the time zone or other settings of the client, and what this plan computes for ${name} does not: an INSERT could not be told from one that leaves ${local.column} out`,
      {
        hint: `write the default with its zone, such as (now() AT TIME ZONE 'UTC')::${local.type}, or drop it (ALTER TABLE) for the time of this plan; a plan that only renames ${local.column} needs neither`,
        at,
      },
    )
}

/** Findings for tables that have no room for both shapes of all intents together. */
export function roomless(
  asked: readonly Asked<Outline>[],
  { tables, server }: Snapshot,
  language: Language,
): Finding[] {
  return tables.flatMap((table): Finding[] => {
    const own = asked.filter(
      ({ outline }) => outline.table.schema === table.schema && outline.table.name === table.name,
    )
    const [first] = own
    const growth = growthOf(own.map(({ outline }) => outline))
    const problem = first && language.overfull(table, growth, server.number)
    return problem
      ? [
          {
            code: 'PLAN_UNSUPPORTED',
            message: `${table.schema}.${table.name} ${problem.refused}`,
            hint: problem.hint,
            at: first.at,
          },
        ]
      : []
  })
}

function growthOf(outlines: readonly Outline[]): Growth {
  const actions = outlines.map(({ expand, enforce }) => [...expand, ...enforce])
  return {
    columns: newColumns(actions.flat()).map(({ column }) => column),
    indexes: actions.reduce((all, some) => all + indexesOf(some), 0),
    dropped: outlines.flatMap(({ retire }) => retire).reduce((all, one) => all + dropsFor(one), 0),
  }
}

/** Where names are swapped, a column under the tombstone's name comes and goes once more. */
const dropsFor = ({ shadow }: Outline['retire'][number]): number => (shadow === undefined ? 1 : 3)

/** For a foreign key without an index the server creates one. */
const indexesOf = (actions: readonly Action[]): number => {
  const indexes = actions.filter((action) => action.do === 'create_index').length
  const keys = actions.filter((action) => action.do === 'add_constraint' && action.references !== null).length
  return Math.max(indexes, keys)
}

/** The first checkpoint that asks whether the old shape is unused. */
const unusedIn = (plan: Plan): string | undefined =>
  Object.entries(plan.checkpoints).find(([, { probes }]) =>
    (probes as readonly object[]).some((probe) => 'unused' in probe),
  )?.[0]

/** Findings for limits that this server cannot measure. */
export function unmeasured(plan: Plan, source: PlanSource, traits: Traits): Finding[] {
  const { maxLag, maxRunning, maxHistory, maxBlocked } = plan.backfill.limits
  const limited = [maxLag, maxRunning, maxHistory, maxBlocked].some((limit) => limit !== null)
  const proving = unusedIn(plan)
  const not = (what: string, path: readonly string[], hint: string): Finding => ({
    code: 'PLAN_NOT_BUILT',
    message: `${what} is not built yet for this database`,
    hint,
    at: source.at(path),
  })
  return [
    ...(plan.invisible && traits.shortInserts ? [unveilable(source)] : []),
    ...(limited && !traits.measuresPressure
      ? [not('a limit of lag or load', ['backfill', 'throttle'], 'use duty, which leaves the server room')]
      : []),
    ...(maxHistory !== null && !traits.countsHistory
      ? [
          {
            code: 'PLAN_UNSUPPORTED' as const,
            message: 'this database does not count the old row versions that open transactions need',
            hint: 'leave max_history out: a vacuum cleans up behind the backfill; max_lag, max_running and duty leave the server room',
            at: source.at(['backfill', 'throttle', 'max_history']),
          },
        ]
      : []),
    ...(proving !== undefined && traits.statementStatistics === 'none'
      ? [
          not(
            'the probe unused',
            ['checkpoints', proving],
            'ask the application itself: probes http, sql and command',
          ),
        ]
      : []),
  ]
}

/** Warnings about probes, before anybody waits for them. */
export const blind = (plan: Plan, { statementStatistics }: Traits): string[] =>
  statementStatistics === 'some' &&
  Object.values(plan.checkpoints).some(({ probes }) => probes.some((probe) => 'unused' in probe))
    ? [
        'this server does not see statements that clients prepare on it: the probe unused can find a use, but never say that there is none',
      ]
    : []

/** Findings for keys that only plans for documents can have. */
export function unsupportedKeys(
  plan: Plan<Wish>,
  source: PlanSource,
  outlines: readonly Outline[],
): Finding[] {
  const unsynced = plan.sync === 'application' || outlines.some(({ triggerGaps }) => triggerGaps.length > 0)
  const stops = unsynced && outlines.some(({ retire }) => retire.length > 0)
  const not = (
    code: Finding['code'],
    message: string,
    hint: string,
    path: readonly PropertyKey[],
  ): Finding => ({
    code,
    message,
    hint,
    at: source.at(path),
  })
  const built = 'is not built yet for SQL databases'
  const swaps = outlines.some(({ retire }) => retire.some(({ shadow }) => shadow !== undefined))
  const proving = unusedIn(plan)
  return [
    ...othersIn(plan, source, 'tables', 'is for MongoDB, and this is an SQL database'),
    ...(plan.sync === 'tail' || plan.sync === 'both'
      ? [
          not(
            'PLAN_UNSUPPORTED',
            `sync: ${plan.sync} is for MongoDB`,
            'leave it out: triggers keep both shapes in step',
            ['sync'],
          ),
        ]
      : []),
    ...(plan.backfill.quiet === null
      ? []
      : [not('PLAN_NOT_BUILT', `backfill.quiet ${built}`, 'leave it out', ['backfill', 'quiet'])]),
    ...(plan.contract.archive
      ? unkept(outlines, unsynced, (why, hint) => not('PLAN_UNSUPPORTED', why, hint, ['contract', 'archive']))
      : []),
    ...(plan.contract.readonly && stops
      ? [
          not(
            'PLAN_UNSUPPORTED',
            'contract.readonly is for plans in which triggers keep both shapes in step',
            'leave it out: with sync: application the old shape gets another name, so the server refuses clients that still write it',
            ['contract', 'readonly'],
          ),
        ]
      : []),
    ...(plan.contract.readonly && swaps
      ? [
          not(
            'PLAN_UNSUPPORTED',
            'contract.readonly is for columns that go, and here a new column takes the name of the old one',
            'leave it out, or carry that change through in a plan of its own',
            ['contract', 'readonly'],
          ),
        ]
      : []),
    ...(proving !== undefined && swaps
      ? [
          not(
            'PLAN_UNSUPPORTED',
            'the probe unused cannot tell: a new column takes the name of the old one, so statements of old and new versions name it alike',
            'ask the application itself: probes http, sql and command; or carry that change through in a plan of its own',
            ['checkpoints', proving],
          ),
        ]
      : []),
    ...('stop-writes' in plan.checkpoints && !stops
      ? [
          not(
            'PLAN_INVALID',
            'the checkpoint stop-writes is for plans in which the application itself writes an old shape',
            'here nobody has to stop that by a deploy of its own: use switch-app',
            ['checkpoints', 'stop-writes'],
          ),
        ]
      : []),
  ]
}

/** Warnings about tables that are walked by their blocks. */
export const keyless = (tables: readonly Pick<Merged, 'table' | 'fills' | 'walk'>[]): string[] =>
  tables
    .filter(({ fills, walk }) => fills.length > 0 && walk.key.length === 0)
    .map(
      ({ table }) =>
        `${table.schema}.${table.name} has no key to walk along: its backfill goes by the blocks of the table, once more for rows that moved meanwhile, and a row that cannot be converted is named by its place`,
    )
