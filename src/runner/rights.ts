import type { Engine, Evaluated } from '../dialects/interface/engine.ts'
import type { Refusal } from '../dialects/interface/refusal.ts'
import { PlanError } from '../errors.ts'
import type { Progress } from '../ledger/records.ts'
import { addedChecks, madeTriggers, removedTriggers, sealsOf, stepsOf, syncsOf } from '../program/actions.ts'
import type { Expression } from '../program/column.ts'
import { canonical } from '../program/fingerprint.ts'
import type { Program } from '../program/program.ts'
import type { Sync } from '../program/sync.ts'

/**
 * Rights that are missing for what the plan evaluates at each write. Since the plan was compiled somebody may have
 * revoked one, or let another role write.
 */
export async function barredFrom(
  { engine, program }: { readonly engine: Engine; readonly program: Program },
  progress: Progress | null,
): Promise<readonly Refusal[]> {
  const evaluated = evaluatedBy(program, progress)
  const found = evaluated.length === 0 ? [] : await engine.barred(evaluated)
  return [...new Map(found.map((one) => [canonical(one), one])).values()]
}

/** Refuses before anything is changed, because the sync would make every write of the application fail. */
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

/** The author's expressions, including those inside the sync's own functions. */
const valuesIn = ({ groups }: Sync): Expression[] =>
  groups
    .flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])])
    .map(({ value }) =>
      value.tried
        ? { sql: value.tried.sql, reads: value.tried.reads.map(({ name }) => name), volatile: value.volatile }
        : value,
    )

/** What writers evaluate now. A sync that has ended and a plan that is done count no more. */
function evaluatedBy(program: Program, progress: Progress | null): Evaluated[] {
  const { state } = progress?.plan ?? {}
  if (state === 'done') return []
  const done = new Set(
    state === 'rolled-back'
      ? []
      : (progress?.steps ?? []).flatMap((step) => (step.state === 'done' ? step.id : [])),
  )
  const steps = stepsOf(program)
  const [past, future] = [steps.filter(({ id }) => done.has(id)), steps.filter(({ id }) => !done.has(id))]
  const [over, stand, due] = [removedTriggers(past), madeTriggers(past), madeTriggers(future)]
  const triggers = [...syncsOf(program), ...sealsOf(program)].filter(({ name }) => !over.includes(name))
  return [
    ...triggers.map((sync): Evaluated => {
      const by = { name: sync.name, stand: stand.includes(sync.name), due: due.includes(sync.name) }
      return { table: sync.table, values: valuesIn(sync), checks: [], by }
    }),
    ...addedChecks(program).map(({ table, definition }) => ({ table, values: [], checks: [definition] })),
  ]
}
