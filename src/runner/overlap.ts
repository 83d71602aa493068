import { PlanError } from '../errors.ts'
import type { PlanRecord } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import { changedAsWhole } from '../program/actions.ts'
import { canonical } from '../program/fingerprint.ts'
import { isKnown } from '../program/format.ts'
import type { Program } from '../program/program.ts'
import { isDocuments } from '../program/words.ts'

/**
 * Refuses a plan that shares columns with another plan under way, because the contract of one would break the sync of the
 * other. It also refuses to change the rules of a whole collection that another plan uses, because that plan would report
 * the change as drift.
 */
export async function refuseShared(store: Store, program: Program): Promise<void> {
  for (const other of await store.plans()) {
    if (other.name === program.plan.name || other.state === 'done' || other.state === 'rolled-back') continue
    const shared = program.watch.flatMap(({ table, columns }) =>
      other.program.watch
        .filter(({ table: there }) => canonical(there) === canonical(table))
        .flatMap((there) => columns.filter((column) => there.columns.includes(column)))
        .map((column) => `${table.schema}.${table.name}.${column}`),
    )
    if (shared.length > 0)
      throw new PlanError('PLAN_USAGE', `${other.name} is under way and touches ${shared.join(', ')} too`, {
        hint: `finish or roll back ${other.name} first, then compile this plan again`,
      })
    refuseRules(program, other)
  }
}

function refuseRules(program: Program, other: PlanRecord): void {
  const [ours, theirs] = [ruled(program), ruled(other.program)]
  const both = program.watch.filter(({ table }) =>
    other.program.watch.some((there) => canonical(there.table) === canonical(table)),
  )
  const at = both.find(({ table }) => ours.has(canonical(table)) || theirs.has(canonical(table)))?.table
  if (at === undefined) return
  const who = [
    ours.has(canonical(at)) ? program.plan.name : [],
    theirs.has(canonical(at)) ? other.name : [],
  ].flat()
  const what =
    who.length > 1
      ? `both plans change its validator or its name`
      : `${who} changes its validator or its name`
  throw new PlanError('PLAN_USAGE', `${other.name} is under way on ${at.schema}.${at.name}, and ${what}`, {
    hint: `finish or roll back ${other.name} first, then compile this plan again`,
  })
}

/** Collections that a plan changes as a whole, whichever fields it names. */
const ruled = (program: Program): ReadonlySet<string> =>
  new Set(
    // Of a program of another format it is not known, so it counts for each of its collections.
    (isKnown(program) || !isDocuments(program)
      ? changedAsWhole(program)
      : program.watch.map(({ table }) => table)
    ).map(canonical),
  )
