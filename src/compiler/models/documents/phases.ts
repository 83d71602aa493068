import type { DocumentLanguage } from '../../../dialects/interface/document-language.ts'
import { canHide, type DocumentOutline, type NewIndex } from '../../../intents/documents/outline.ts'
import type { Plan } from '../../../plan/plan.ts'
import type { DocumentAction, FieldPair } from '../../../program/document-action.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Phase } from '../../../program/step.ts'
import type { DocumentTraits } from '../../../program/traits.ts'
import type { Validator } from '../../../schema/collection.ts'
import type { Unit } from '../../phases.ts'
import { isSame, type Stages } from './stages.ts'

/** Everything that all intents of the plan need from one collection. */
export type Merged = DocumentOutline & {
  readonly stages: Stages
  /** `plan sync` follows its changes. */
  readonly followed: boolean
  /** The collection that keeps what contract removes. */
  readonly archive: string | null
  /** Unique indexes that the plan builds, or that contain a field whose type changes in place. */
  readonly uniques: readonly { readonly name: string; readonly definition: string }[]
}

/** The actions of one step. */
type Actions = readonly DocumentAction[]

/** How long sweeps must find nothing unless the plan says otherwise, milliseconds. */
const QUIET = 600_000

/** What each phase does, step by step. */
export function unitsOf(
  plan: Plan,
  collections: readonly Merged[],
  language: DocumentLanguage,
  traits: DocumentTraits,
): Record<Phase, readonly Unit<DocumentAction>[]> {
  const quiet = plan.backfill.quiet ?? QUIET
  const unit = (actions: Actions) => ({ actions })
  const { retire, drop } = contractOf(plan, collections, traits)
  return {
    expand: [...collections.flatMap(dryRun), ...collections.flatMap((one) => expand(one, plan.name))].map(
      unit,
    ),
    backfill: collections
      .filter(({ groups }) => groups.length > 0)
      .map(({ table, groups }) => ({ actions: [{ do: 'fill_fields', table, groups }] })),
    enforce: collections.flatMap((one) => enforce(one, quiet, language, traits)).map(unit),
    verify: collections.flatMap(verify).map(unit),
    contract: [...retire.map(unit), ...drop.map((actions) => ({ actions, final: true as const }))],
  }
}

const pairsOf = ({ groups }: Merged): FieldPair[] => groups.filter((group) => group.kind === 'pair')

const permits = ({ groups, replacedBy, stages }: Merged): boolean =>
  groups.length > 0 && replacedBy === null && !isSame(stages.before, stages.permitted)

const dryRun = (one: Merged): Actions[] => {
  const { table, groups, uniques } = one
  return groups.length > 0 || uniques.length > 0
    ? [[{ do: 'dry_run_conversion', table, groups, undoRemovesFields: !permits(one), uniques }]]
    : []
}

function expand(one: Merged, plan: string): Actions[] {
  const { table, stages, followed, groups } = one
  const { before: from, permitted: to } = stages
  return [
    ...(followed ? [[{ do: 'mark_stream', table, plan } as const]] : []),
    ...(permits(one) ? [[{ do: 'set_validator', table, purpose: 'permit', from, to, groups } as const]] : []),
  ]
}

/** A step, if there is something to change. */
const changed = (
  table: TableRef,
  purpose: Extract<DocumentAction, { do: 'set_validator' }>['purpose'],
  from: Validator | null,
  to: Validator | null,
): Actions[] => (isSame(from, to) ? [] : [[{ do: 'set_validator', table, purpose, from, to }]])

/**
 * Indexes come first, so that the evidence comes right before the seal that relies on it. An index by which the server
 * deletes documents comes after the seal: an outdated value would delete its document.
 */
function enforce(one: Merged, quiet: number, language: DocumentLanguage, traits: DocumentTraits): Actions[] {
  const { table, builds, groups, required, stages, replacedBy, renamed } = one
  const expires = ({ definition }: NewIndex) => language.indexes.expires(definition)
  const built = (some: readonly NewIndex[]) => some.flatMap((one) => build(language, traits, table, one))
  return [
    ...built(builds.filter((one) => !expires(one))),
    ...(groups.length > 0 ? [[{ do: 'await_quiescence', table, groups, required, quiet } as const]] : []),
    ...changed(table, replacedBy ? 'wish' : 'seal', stages.permitted, stages.sealed),
    ...built(builds.filter(expires)),
    ...(renamed === null
      ? []
      : [
          [
            { do: 'rename_collection', table, to: renamed } as const,
            { do: 'create_view', table: { ...table, name: renamed }, name: table.name } as const,
          ],
        ]),
  ]
}

/**
 * Builds an index. A unique one is built in steps where the server can, so that no write is refused for a build that
 * fails in the end.
 */
function build(
  { indexes }: DocumentLanguage,
  { stagedUnique }: DocumentTraits,
  table: TableRef,
  { name, definition, unique }: NewIndex,
): Actions[] {
  if (!unique || !stagedUnique) return [[{ do: 'build_index', table, name, definition }]]
  return [
    [{ do: 'build_index', table, name, definition: indexes.unique(definition, false) }],
    [{ do: 'prepare_unique', table, name }],
    [{ do: 'make_unique', table, name, definition }],
  ]
}

function verify(one: Merged): Actions[] {
  const { table, rules, builds, stages, renamed } = one
  const there = renamed === null ? table : { ...table, name: renamed }
  const validator = isSame(stages.before, stages.sealed) ? null : stages.sealed
  const indexes = builds.map(({ name, definition }) => ({ name, definition }))
  return [
    ...(rules.length > 0 ? [[{ do: 'prove_documents', table: there, rules } as const]] : []),
    ...(validator !== null || indexes.length > 0
      ? [
          [
            {
              do: 'prove_collection',
              name: `${there.name}-collection`,
              table: there,
              checks: { validator, indexes },
            } as const,
          ],
        ]
      : []),
  ]
}

/** Everything is retired before anything is dropped. The plan's waiting time and a deploy lie between. */
function contractOf(
  plan: Pick<Plan, 'contract'>,
  collections: readonly Merged[],
  traits: DocumentTraits,
): { readonly retire: readonly Actions[]; readonly drop: readonly Actions[] } {
  return {
    retire: collections
      .map((one) => retireOf(one, traits, plan.contract.hold !== 0))
      .filter((actions) => actions.length > 0),
    drop: collections.flatMap((one) => dropOf(one, plan.contract.archive)),
  }
}

/** `held`: the plan waits before the drop, and the waiting time counts from this step. */
function retireOf(one: Merged, traits: DocumentTraits, held: boolean): DocumentAction[] {
  const { table, stages, dropsIndexes, restores, renamed, retires, groups } = one
  const takesAway = retires.length > 0 || groups.some(({ kind }) => kind === 'convert')
  const relaxes = takesAway && (!isSame(stages.sealed, stages.relaxed) || restores.length > 0 || held)
  return [
    // A rollback runs in reverse: documents have their old fields again before an index requires them.
    ...dropsIndexes
      .filter(({ early }) => early)
      .map(
        ({ name, definition, early }) => ({ do: 'remove_index', table, name, definition, early }) as const,
      ),
    ...(relaxes
      ? [
          {
            do: 'set_validator',
            table,
            purpose: 'relax',
            from: stages.sealed,
            to: stages.relaxed,
            groups: [...pairsOf(one), ...restores],
          } as const,
        ]
      : []),
    ...dropsIndexes
      .filter(({ hidden, unique, early }) => !early && !hidden && canHide(traits, unique))
      .map(({ name }) => ({ do: 'hide_index', table, name }) as const),
    ...(renamed === null
      ? []
      : [{ do: 'drop_view', table: { ...table, name: renamed }, name: table.name } as const]),
  ]
}

/** Indexes come first, so that removing fields does not have to update them. */
function dropOf(one: Merged, archives: boolean): Actions[] {
  const { table, retires, dropsIndexes, stages, archive, groups } = one
  const indexes = dropsIndexes
    .filter(({ early }) => !early)
    .map(({ name, definition }) => ({ do: 'remove_index', table, name, definition, early: false }) as const)
  const kept = archives
    ? []
    : groups.flatMap((group) =>
        group.kind === 'convert' ? [{ do: 'drop_kept', table, name: group.aside } as const] : [],
      )
  return [
    ...(indexes.length > 0 ? [indexes] : []),
    ...(retires.length > 0
      ? [[{ do: 'unset_fields', table, fields: retires, archive, keeps: pairsOf(one) } as const]]
      : []),
    ...(retires.length > 0 ? changed(table, 'final', stages.relaxed, stages.final) : []),
    ...(kept.length > 0 ? [kept] : []),
  ]
}
