import type { DocumentLanguage } from '../../dialects/interface/document-language.ts'
import { documentIntents } from '../../intents/documents/index.ts'
import type { DocumentOutline } from '../../intents/documents/outline.ts'
import type { Plan, PlanSource } from '../../plan/plan.ts'
import type { FieldGroup } from '../../program/document-action.ts'
import { describe } from '../../program/drift.ts'
import { canonical, sha256 } from '../../program/fingerprint.ts'
import { FORMAT, type Program } from '../../program/program.ts'
import type { DocumentTraits } from '../../program/traits.ts'
import type { Snapshot } from '../../schema/snapshot.ts'
import { backfillOf } from '../backfill.ts'
import { holdOf } from '../checkpoints.ts'
import { outlinesBy, refuseAll } from '../outlines.ts'
import { checkpointsOf } from './checkpoints.ts'
import { isFollowing, overlapping, requireAlone, unsupportedKeys } from './compatibility.ts'
import { type Merged, phasesOf } from './phases.ts'
import { stagesOf } from './stages.ts'

/** Compiles plan and snapshot of a database of documents to a program. Pure, like its counterpart for tables. */
export function compileDocuments(
  plan: Plan,
  source: PlanSource,
  snapshot: Snapshot,
  language: DocumentLanguage,
): Program {
  const traits = language.traits(snapshot.server)
  const outlines = outlinesOf(plan, source, snapshot, language, traits)
  const collections = merge(outlines, plan, source, snapshot, language)
  const watch = collections.map(({ table, watch: columns }) => ({ table, columns }))
  const phases = phasesOf(plan, collections, language, traits)
  const checkpoints = checkpointsOf(plan, outlines, phases, language)
  const body = {
    format: FORMAT,
    plan: {
      name: plan.name,
      description: plan.description,
      owners: plan.owners,
      source: sha256(source.text),
    },
    engine: { dialect: language.name, traits, transaction: language.transaction },
    phases,
    checkpoints,
    watch,
    objects: describe(snapshot, watch),
    retires: collections
      .filter(({ retires }) => retires.length > 0)
      .map(({ table, retires }) => ({ table, columns: retires, tombstones: retires })),
    backfill: backfillOf(plan),
    ...holdOf(plan),
    warnings: [...outlines.flatMap(({ warnings }) => warnings), ...unused(plan, checkpoints)],
  }
  const estimates = collections.map(({ table }) => {
    const found = snapshot.collections?.find(({ name }) => name === table.name)
    return { table: `${table.schema}.${table.name}`, rows: found?.documents ?? -1, bytes: found?.bytes ?? 0 }
  })
  return { ...body, fingerprint: sha256(canonical(body)), estimates }
}

/** The outline of each intent. Every intent that fails adds its findings. */
function outlinesOf(
  plan: Plan,
  source: PlanSource,
  snapshot: Snapshot,
  language: DocumentLanguage,
  traits: DocumentTraits,
): DocumentOutline[] {
  const { outlines, findings } = outlinesBy(plan, source, ({ kind, fields }, told) =>
    documentIntents[kind]?.(fields, { ...told, snapshot, language, traits }),
  )
  const complete = outlines.length === plan.intents.length
  findings.push(
    ...unsupportedKeys(plan, source, traits),
    ...(complete
      ? [...isFollowing(plan, source, outlines, traits), ...overlapping(plan, source, outlines)]
      : []),
  )
  refuseAll(findings)
  return outlines
}

/** One outline per collection, in the order in which the plan first names them. */
function merge(
  outlines: readonly DocumentOutline[],
  plan: Plan,
  source: PlanSource,
  snapshot: Snapshot,
  language: DocumentLanguage,
): Merged[] {
  const byName = new Map<string, DocumentOutline[]>()
  for (const outline of outlines)
    byName.set(outline.table.name, [...(byName.get(outline.table.name) ?? []), outline])
  return [...byName.values()].map((all) => {
    const [first] = all as [DocumentOutline, ...DocumentOutline[]]
    const every = <T>(pick: (outline: DocumentOutline) => readonly T[]): T[] => all.flatMap(pick)
    requireAlone(all, source)
    const collection = snapshot.collections?.find(({ name }) => name === first.table.name)
    const asked = {
      groups: every(({ groups }) => groups),
      retires: every(({ retires }) => retires),
      required: every(({ required }) => required),
      validator: {
        permits: every(({ validator }) => validator.permits),
        releasesFields: every(({ validator }) => validator.releasesFields),
        renames: every(({ validator }) => validator.renames),
        replacedBy: all.map(({ validator }) => validator.replacedBy).find((one) => one !== null) ?? null,
      },
    }
    const follows = plan.sync === 'tail' || plan.sync === 'both'
    return {
      ...first,
      ...asked,
      watch: [...new Set(every(({ watch }) => watch))],
      touches: every(({ touches }) => touches),
      rules: every(({ rules }) => rules),
      builds: every(({ builds }) => builds),
      dropsIndexes: every(({ dropsIndexes }) => dropsIndexes),
      uniques: [
        ...every(({ builds }) => builds),
        ...(collection?.indexes ?? []).filter(({ fields }) => converted(asked.groups, fields)),
      ]
        .filter(({ unique }) => unique)
        .map(({ name, definition }) => ({ name, definition })),
      restores: every(({ restores }) => restores),
      stages: stagesOf(language, collection?.validator ?? null, asked),
      followed: follows && asked.groups.some(({ kind }) => kind === 'pair'),
      archive:
        plan.contract.archive && asked.retires.length > 0
          ? language.helperName(`plan_backup_${first.table.name}`, plan.name, first.table.name)
          : null,
    }
  })
}

/** Whether one of these fields changes its type in place. */
const converted = (groups: readonly FieldGroup[], fields: readonly string[]): boolean =>
  groups.some(
    (group) =>
      group.kind === 'convert' &&
      [group.field, `${group.container}.${group.field}`].some((field) => fields.includes(field)),
  )

const unused = (plan: Plan, checkpoints: Program['checkpoints']): string[] =>
  Object.keys(plan.checkpoints)
    .filter((wish) => !checkpoints.some(({ id }) => id === wish))
    .map((wish) => `the checkpoint ${wish} of this plan is never reached: nothing has to be deployed there`)
