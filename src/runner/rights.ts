import type { Engine, Evaluated } from '../dialects/interface/engine.ts'
import type { Refusal } from '../dialects/interface/refusal.ts'
import { PlanError } from '../errors.ts'
import type { Progress } from '../ledger/records.ts'
import { actionsIn, actionsOf } from '../program/actions.ts'
import type { Expression } from '../program/column.ts'
import { canonical } from '../program/fingerprint.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import type { Sync } from '../program/sync.ts'

/**
 * Rights that what the plan evaluates at each write needs and does not have: somebody may have taken one, or let another role
 * write, since the plan was compiled.
 */
export async function barredFrom(
  { engine, program }: { readonly engine: Engine; readonly program: Program },
  progress: Progress | null,
): Promise<readonly Refusal[]> {
  const evaluated = evaluatedBy(program, progress)
  const found = evaluated.length === 0 ? [] : await engine.barred(evaluated)
  return [...new Map(found.map((one) => [canonical(one), one])).values()]
}

/** Before anything is changed: the sync would stop every write of the application. */
export async function refuseBarred(
  wanted: { readonly engine: Engine; readonly program: Program },
  progress: Progress | null,
): Promise<void> {
  const found = await barredFrom(wanted, progress)
  if (found.length === 0) return
  throw new PlanError('PLAN_PRIVILEGE', found.map(({ refused }) => refused).join('; '), {
    hint: `${found.map(({ hint }) => hint).join('; ')}; then run the same command again`,
  })
}

/** What the author wrote, also where a function of the sync's own tries it. */
const valuesIn = ({ groups }: Sync): Expression[] =>
  groups
    .flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])])
    .map(({ value }) =>
      value.tried
        ? { sql: value.tried.sql, reads: value.tried.reads.map(({ name }) => name), volatile: value.volatile }
        : value,
    )

/** The sync that an action makes the triggers of. */
const madeBy = (action: ReturnType<typeof actionsIn>[number]): Sync | null =>
  action.do === 'install_sync' || action.do === 'lead_sync' || action.do === 'replace_sync'
    ? action.sync
    : action.do === 'install_seal'
      ? action.seal
      : null

const makes = (steps: readonly Step[], { name }: Sync): boolean =>
  actionsIn(steps).some((action) => madeBy(action)?.name === name)

/** Nothing any more of a sync that has ended, or of a plan that is done. */
function evaluatedBy(program: Program, progress: Progress | null): Evaluated[] {
  const { state } = progress?.plan ?? {}
  if (state === 'done') return []
  const done = new Set(
    state === 'rolled-back'
      ? []
      : (progress?.steps ?? []).flatMap((step) => (step.state === 'done' ? step.id : [])),
  )
  const steps = program.phases.flatMap((phase) => phase.steps)
  const [past, future] = [steps.filter(({ id }) => done.has(id)), steps.filter(({ id }) => !done.has(id))]
  const over = actionsIn(past).flatMap((action) =>
    action.do === 'remove_sync' ? action.sync.name : action.do === 'remove_seal' ? action.seal.name : [],
  )
  return actionsOf(program).flatMap((action): Evaluated[] => {
    if (action.do === 'add_constraint' && action.definition.startsWith('CHECK'))
      return [{ table: action.table, values: [], checks: [action.definition] }]
    const sync = action.do === 'install_sync' || action.do === 'install_seal' ? madeBy(action) : null
    if (!sync || over.includes(sync.name)) return []
    const by = { name: sync.name, stand: makes(past, sync), due: makes(future, sync) }
    return [{ table: sync.table, values: valuesIn(sync), checks: [], by }]
  })
}
