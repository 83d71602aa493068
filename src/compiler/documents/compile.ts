import type { DocumentLanguage } from '../../dialects/interface/document-language.ts'
import type { Wish } from '../../intents/define.ts'
import { combine, type DocumentOutline, nothing } from '../../intents/documents/outline.ts'
import type { Plan, PlanSource } from '../../plan/plan.ts'
import type { FieldGroup } from '../../program/document-action.ts'
import { describe } from '../../program/drift.ts'
import { canonical, sha256 } from '../../program/fingerprint.ts'
import { FORMAT, type Program } from '../../program/program.ts'
import type { DocumentTraits } from '../../program/traits.ts'
import type { Snapshot } from '../../schema/snapshot.ts'
import { backfillOf } from '../backfill.ts'
import { holdOf } from '../checkpoints.ts'
import { type Asked, byTable, gather, refuseAll } from '../gather.ts'
import { checkpointsOf } from './checkpoints.ts'
import { isFollowing, overlapping, requireAlone, unsupportedKeys } from './compatibility.ts'
import { type Merged, phasesOf } from './phases.ts'
import { stagesOf } from './stages.ts'

/** Compiles plan and snapshot of a database of documents to a program. Pure, like its counterpart for tables. */
export function compileDocuments(
  plan: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
  language: DocumentLanguage,
): Program {
  const traits = language.traits(snapshot.server)
  const asked = askedBy(plan, source, snapshot, language, traits)
  const outlines = asked.map(({ outline }) => outline)
  const collections = byTable(asked).map((all) => whole(all, plan, source, snapshot, language))
  const watch = collections.map(({ table, watch: columns }) => ({ table, columns: [...new Set(columns)] }))
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

/** What all intents ask. Every intent that fails adds its findings. */
function askedBy(
  plan: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
  language: DocumentLanguage,
  traits: DocumentTraits,
): Asked<DocumentOutline>[] {
  const { asked, findings } = gather(plan, source, (wish, told) =>
    wish.model === 'documents' ? wish.outlines({ ...told, snapshot, language, traits }) : [],
  )
  // What is left of a plan with other findings says nothing about the whole.
  const complete = findings.length === 0 && plan.intents.every(({ model }) => model === 'documents')
  findings.push(
    ...unsupportedKeys(plan, source, traits),
    ...(complete
      ? [
          ...isFollowing(
            plan,
            source,
            asked.map(({ outline }) => outline),
            traits,
          ),
          ...overlapping(asked),
        ]
      : []),
  )
  refuseAll(findings)
  return asked
}

/** Everything that all intents of the plan ask of one collection. */
function whole(
  asked: readonly [Asked<DocumentOutline>, ...Asked<DocumentOutline>[]],
  plan: Plan,
  source: PlanSource,
  snapshot: Snapshot,
  language: DocumentLanguage,
): Merged {
  const [{ outline: first }] = asked
  const outlines = asked.map(({ outline }) => outline)
  requireAlone(outlines, source)
  const all = outlines.reduce(combine, nothing(first.table))
  const collection = snapshot.collections?.find(({ name }) => name === first.table.name)
  const follows = plan.sync === 'tail' || plan.sync === 'both'
  return {
    ...all,
    uniques: [
      ...all.builds,
      ...(collection?.indexes ?? []).filter(({ fields }) => converted(all.groups, fields)),
    ]
      .filter(({ unique }) => unique)
      .map(({ name, definition }) => ({ name, definition })),
    stages: stagesOf(language, collection?.validator ?? null, all),
    followed: follows && all.groups.some(({ kind }) => kind === 'pair'),
    archive:
      plan.contract.archive && all.retires.length > 0
        ? language.helperName(`plan_backup_${first.table.name}`, plan.name, first.table.name)
        : null,
  }
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
