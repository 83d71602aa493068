import type { DocumentLanguage } from '../dialects/interface/document-language.ts'
import type { Language } from '../dialects/interface/language.ts'
import type { Wish } from '../intents/define.ts'
import type { Plan, PlanSource } from '../plan/plan.ts'
import { describe } from '../program/drift.ts'
import { canonical, sha256 } from '../program/fingerprint.ts'
import { FORMAT, type Program } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import type { Part } from '../program/step.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import { byTable, gather, refuseAll } from './gather.ts'
import type { Model } from './model.ts'
import { documents } from './models/documents/model.ts'
import { tables } from './models/tables/model.ts'
import { phasesOf, stepsOf } from './phases.ts'
import { backfillOf, holdOf } from './settings.ts'

/**
 * Compiles plan and snapshot to a program. Pure: the same input gives the same bytes. Throws one error with all findings.
 * `ledger`: the `ledger_schema` of the configuration, where old values are kept when the plan asks for that.
 */
export const compile = (
  plan: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
  language: Language | DocumentLanguage,
  ledger = 'plan',
): Program =>
  'model' in language
    ? compileFor(documents(plan, source, snapshot, language), plan, source, snapshot)
    : compileFor(tables(plan, source, snapshot, language, ledger), plan, source, snapshot)

/** The one way from a plan to a program: what intents ask is gathered, combined by table, and put into phases. */
function compileFor<
  Outline extends { readonly table: TableRef },
  Whole extends { readonly table: TableRef },
  Act extends Part['action'],
>(
  { engine, nothing, combine, outlinesOf, findings, resolve }: Model<Outline, Whole, Act>,
  plan: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
): Program {
  const gathered = gather(plan, source, outlinesOf)
  refuseAll([...gathered.findings, ...findings(gathered.asked, gathered.findings)])
  const resolved = resolve(gathered.asked)

  const wholes = byTable(resolved.asked).map((all) => {
    const outlines = all.map(({ outline }) => outline)
    return resolved.whole(outlines.reduce(combine, nothing(all[0].outline.table)))
  })
  const phases = phasesOf(resolved.units(wholes), resolved.writing)
  const restore = stepsOf('restore', 'contract', resolved.restores(wholes), resolved.writing)
  const checkpoints = resolved.checkpoints(phases)

  const ofTables = wholes.filter(({ table }) => table.name !== '')
  const watch = ofTables.map(resolved.watch)
  const body = {
    format: FORMAT,
    plan: {
      name: plan.name,
      description: plan.description,
      owners: plan.owners,
      source: sha256(source.text),
    },
    engine,
    phases,
    ...(restore.length > 0 && { restore }),
    checkpoints,
    watch,
    objects: describe(snapshot, watch),
    retires: wholes
      .map((whole) => ({ table: whole.table, ...resolved.retired(whole) }))
      .filter(({ columns }) => columns.length > 0),
    backfill: backfillOf(plan),
    ...holdOf(plan),
    warnings: resolved.warnings(wholes, phases, checkpoints),
  }
  const estimates = ofTables.map(({ table }) => {
    const { rows, bytes } = resolved.size(table) ?? { rows: -1, bytes: 0 }
    return { table: `${table.schema}.${table.name}`, rows, bytes }
  })
  return { ...body, fingerprint: sha256(canonical(body)), estimates }
}
