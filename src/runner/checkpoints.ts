import type { Engine } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import type { PlanRecord, Progress } from '../ledger/records.ts'
import type { Probe } from '../plan/plan.ts'
import { addedColumns } from '../program/actions.ts'
import { isForeignSync, triggersOf } from '../program/drift.ts'
import type { Checkpoint, Program } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import type { Step } from '../program/step.ts'
import { formatDuration } from '../text/duration.ts'
import { runProbes } from './probes.ts'

/**
 * What must happen before a phase: a checkpoint has to be confirmed, its soak must pass, or the retired shape must be
 * kept for its time.
 */
export type Waiting = {
  readonly kind: 'checkpoint' | 'soak' | 'hold'
  /** The checkpoint's id, or `hold`. */
  readonly id: string
  readonly text: string
}

/** What must happen before a phase; null when it may start. */
export function waitingFor(
  program: Program,
  progress: Progress | null,
  phase: Checkpoint['before'],
  now: number,
): Waiting | null {
  for (const checkpoint of program.checkpoints.filter(({ before }) => before === phase)) {
    const confirmed = progress?.checkpoints.find(({ id }) => id === checkpoint.id)
    if (!confirmed)
      return {
        kind: 'checkpoint',
        id: checkpoint.id,
        text: `checkpoint ${checkpoint.id} is not confirmed: ${checkpoint.describe}`,
      }
    const left = Date.parse(confirmed.at) + checkpoint.soak - now
    if (left > 0)
      return {
        kind: 'soak',
        id: checkpoint.id,
        text: `checkpoint ${checkpoint.id} soaks for another ${formatDuration(left)}`,
      }
  }
  return null
}

/** How long the retired shape still has to be kept in this environment, milliseconds. */
export function holdLeft(
  { hold, holdInProduction }: Program,
  { retiredAt }: Pick<PlanRecord, 'retiredAt'>,
  production: boolean,
  now: number,
): number {
  const kept = production ? (holdInProduction ?? hold) : hold
  return retiredAt === null ? 0 : Math.max(0, Date.parse(retiredAt) + kept - now)
}

/** The probes that passed when the checkpoint was confirmed must pass now, too. */
export async function probesPass(
  engine: Engine,
  program: Program,
  checkpoints: readonly Checkpoint[],
  signal: AbortSignal,
): Promise<void> {
  for (const { id, probes } of checkpoints)
    await runProbes(engine, program, id, probes as readonly Probe[], signal)
}

/** Whether one path equals the other or lies inside it. */
const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`) || outer.startsWith(`${path}.`)

/** Sync triggers of other plans that name one of these columns: without the column every write to the table would fail. */
async function syncsOfOthers(
  engine: Engine,
  program: Program,
  table: TableRef,
  columns: readonly string[],
): Promise<string[]> {
  const own = program.watch.flatMap(({ sync }) => sync ?? [])
  const words = columns.map(
    (column) =>
      new RegExp(
        `(?<![\\p{L}\\p{N}_])${column.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\p{L}\\p{N}_])`,
        'u',
      ),
  )
  return (await engine.syncs(table))
    .filter(({ name, body }) => isForeignSync(name, own) && words.some((word) => word.test(body)))
    .map(({ name }) => `the sync of another plan (trigger ${name} on ${table.name})`)
}

/** Columns of a table that will be dropped. */
type Going = { readonly table: TableRef; readonly columns: readonly string[] }

/** Names of objects outside the plan that need them. */
async function usersOf(engine: Engine, program: Program, going: readonly Going[]): Promise<string[]> {
  const { tables, collections = [] } = await engine.inspect({ tables: going.map(({ table }) => table) })
  // A trigger condition of the plan's own sync names the columns, so those triggers are left out.
  const own = new Set(program.watch.flatMap(({ sync }) => (sync ? triggersOf(sync) : [])))
  const found = going.flatMap((gone) => {
    const { columns } = gone
    const table = tables.find(({ schema, name }) => schema === gone.table.schema && name === gone.table.name)
    const on = (thing: { readonly columns: readonly string[] | null }) =>
      columns.some((column) => thing.columns?.includes(column))
    const views = collections
      .filter(({ name }) => name === gone.table.name)
      .flatMap((one) => one.views)
      .filter(({ fields }) => columns.some((column) => fields?.some((field) => isWithin(field, column))))
      .map(({ name }) => `view ${name}`)
    if (!table) return views
    return [
      ...table.dependents.filter(on).map(({ name }) => name),
      ...table.policies.filter(on).map(({ name }) => `policy ${name} on ${table.name}`),
      ...table.publications.filter(on).map(({ name }) => `the column list of publication ${name}`),
      ...table.triggers
        .filter((one) => on(one) && !own.has(one.name))
        .map(({ name }) => `trigger ${name} on ${table.name}`),
      ...table.referencedBy
        .filter(({ to }) => to.columns.some((column) => columns.includes(column)))
        .map(({ name, from }) => `foreign key ${name} of ${from.schema}.${from.table}`),
    ]
  })
  for (const { table, columns } of going)
    found.push(...(await syncsOfOthers(engine, program, table, columns)))
  return [...new Set(found)]
}

/** Refuses while something outside the plan still needs the old shape. Such objects are never dropped with it. */
export async function refuseDependents(
  engine: Engine,
  program: Program,
  columnsOf: (retired: Program['retires'][number]) => readonly string[],
): Promise<void> {
  const going = program.retires.map((retired) => ({ table: retired.table, columns: columnsOf(retired) }))
  const found = await usersOf(engine, program, going)
  if (found.length === 0) return
  throw new PlanError('PLAN_DEPENDENT', `the old shape is still needed by ${found.join(', ')}`, {
    hint: 'change or drop these so that they use the new shape, then advance again; nothing was dropped',
  })
}

/** Refuses a rollback while objects of others use what these steps added: its drop would stop half way, or break them. */
export async function refuseUsers(engine: Engine, program: Program, steps: readonly Step[]): Promise<void> {
  const added = addedColumns(steps).map(({ table, column }) => ({ table, columns: [column] }))
  if (added.length === 0) return
  const found = await usersOf(engine, program, added)
  if (found.length === 0) return
  const columns = added.flatMap(({ table, columns: names }) => names.map((name) => `${table.name}.${name}`))
  throw new PlanError(
    'PLAN_DEPENDENT',
    `going back would drop ${columns.join(', ')}, which ${found.join(', ')} ${found.length === 1 ? 'needs' : 'need'}`,
    {
      hint: 'change or drop these so that they use the old shape, then go back again; nothing was undone',
    },
  )
}
