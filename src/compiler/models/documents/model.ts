import type { DocumentLanguage } from '../../../dialects/interface/document-language.ts'
import type { Wish } from '../../../intents/define.ts'
import { combine, type DocumentOutline, nothing } from '../../../intents/documents/outline.ts'
import type { Plan, PlanSource } from '../../../plan/plan.ts'
import type { DocumentAction, FieldGroup } from '../../../program/document-action.ts'
import type { Checkpoint } from '../../../program/program.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Written } from '../../../program/written.ts'
import type { Collection } from '../../../schema/collection.ts'
import type { Snapshot } from '../../../schema/snapshot.ts'
import { byTable } from '../../gather.ts'
import type { Model } from '../../model.ts'
import { checkpointsOf } from './checkpoints.ts'
import { isFollowing, overlapping, requireAlone, unsupportedKeys } from './compatibility.ts'
import { type Merged, unitsOf } from './phases.ts'
import { stagesOf } from './stages.ts'
import { wordingOf } from './words.ts'

/** How plans for documents are compiled. */
export function documents(
  plan: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
  language: DocumentLanguage,
): Model<DocumentOutline, Merged, DocumentAction> {
  const traits = language.traits(snapshot.server)
  const writers = language.writers(traits)
  return {
    engine: { dialect: language.name, traits, transaction: language.transaction },
    nothing,
    combine,
    outlinesOf: (wish, told) =>
      wish.model === 'documents' ? wish.outlines({ ...told, snapshot, language, traits }) : [],
    findings: (asked, before) => {
      // What is left of a plan with other findings says nothing about the whole.
      const complete = before.length === 0 && plan.intents.every(({ model }) => model === 'documents')
      const outlines = asked.map(({ outline }) => outline)
      return [
        ...unsupportedKeys(plan, source, traits),
        ...(complete ? [...isFollowing(plan, source, outlines, traits), ...overlapping(asked)] : []),
      ]
    },
    resolve: (asked) => {
      for (const all of byTable(asked))
        requireAlone(
          all.map(({ outline }) => outline),
          source,
        )
      const outlines = asked.map(({ outline }) => outline)
      return {
        asked,
        whole: (outline) => wholeOf(plan, outline, collectionIn(snapshot, outline.table), language),
        units: (wholes) => unitsOf(plan, wholes, language, traits),
        restores: () => [],
        writing: {
          write: (action) => (writers[action.do] as (action: DocumentAction) => Written)(action),
          word: (actions) => wordingOf(actions, language.indexes),
        },
        checkpoints: (phases) => checkpointsOf(plan, outlines, phases, language),
        watch: ({ table, watch }) => ({ table, columns: [...new Set(watch)] }),
        retired: ({ retires }) => ({ columns: retires, tombstones: retires }),
        size: (table) => {
          const found = collectionIn(snapshot, table)
          return found && { rows: found.documents, bytes: found.bytes }
        },
        warnings: (_, __, checkpoints) => [
          ...outlines.flatMap(({ warnings }) => warnings),
          ...unused(plan, checkpoints),
        ],
      }
    },
  }
}

const collectionIn = ({ collections }: Snapshot, { name }: TableRef): Collection | undefined =>
  collections?.find((one) => one.name === name)

/** What the plan takes of one collection as a whole. */
function wholeOf(
  plan: Plan,
  outline: DocumentOutline,
  collection: Collection | undefined,
  language: DocumentLanguage,
): Merged {
  const { table, groups, builds, retires } = outline
  const follows = plan.sync === 'tail' || plan.sync === 'both'
  return {
    ...outline,
    uniques: [...builds, ...(collection?.indexes ?? []).filter(({ fields }) => converted(groups, fields))]
      .filter(({ unique }) => unique)
      .map(({ name, definition }) => ({ name, definition })),
    stages: stagesOf(language, collection?.validator ?? null, outline),
    followed: follows && groups.some(({ kind }) => kind === 'pair'),
    archive:
      plan.contract.archive && retires.length > 0
        ? language.helperName(`plan_backup_${table.name}`, plan.name, table.name)
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

const unused = (plan: Plan, checkpoints: readonly Checkpoint[]): string[] =>
  Object.keys(plan.checkpoints)
    .filter((wish) => !checkpoints.some(({ id }) => id === wish))
    .map((wish) => `the checkpoint ${wish} of this plan is never reached: nothing has to be deployed there`)
