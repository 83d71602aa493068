import type { Language } from '../../../dialects/interface/language.ts'
import type { Wish } from '../../../intents/define.ts'
import { keyOf, syncName } from '../../../intents/tables/context.ts'
import { combine, nothing, type Outline } from '../../../intents/tables/outline.ts'
import { requireFree } from '../../../intents/tables/sync-triggers.ts'
import type { Plan, PlanSource } from '../../../plan/plan.ts'
import type { Action } from '../../../program/action.ts'
import { changedMarksName, marksName, newMarksName } from '../../../program/drift.ts'
import type { Program } from '../../../program/program.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Traits } from '../../../program/traits.ts'
import type { Written } from '../../../program/written.ts'
import type { Snapshot, Table } from '../../../schema/snapshot.ts'
import type { Asked } from '../../gather.ts'
import type { Model, Resolved } from '../../model.ts'
import { requireApart, twice, unsettled } from './apart.ts'
import { keptOf } from './archive/kept.ts'
import { keepingWhatTheyOverwrite } from './archive/overwritten.ts'
import { checkpointsOf } from './checkpoints.ts'
import {
  applicationSync,
  blind,
  keyless,
  requireLenient,
  requireRenamable,
  requireTold,
  roomless,
  unmeasured,
  unsupportedKeys,
} from './compatibility.ts'
import { restoring } from './contract.ts'
import { guardOf } from './guard.ts'
import { keptInStep, withoutSync } from './keeping.ts'
import type { Merged } from './merged.ts'
import { requireMarkable } from './modules/marks.ts'
import { unitsOf } from './phases.ts'
import { queriesOf, sendable, textsOf, unprovable, unreadable } from './queries.ts'
import { rightsAside } from './rights.ts'
import { tombstone } from './tombstone.ts'
import { veiled } from './veil.ts'
import { walkOf } from './walk.ts'
import { wordingOf } from './words.ts'

/** How plans for tables are compiled. */
export function tables(
  plan: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
  language: Language,
  ledger: string,
): Model<Outline, Merged, Action> {
  const traits = language.traits(snapshot.server.number)
  const told = { plan, source, snapshot, language, traits, ledger }
  return {
    engine: { dialect: language.name, traits, transaction: language.transaction },
    nothing,
    combine,
    outlinesOf: (wish, more) =>
      wish.model === 'tables' ? wish.outlines({ ...more, snapshot, language, traits }) : [],
    findings: (asked, before) => {
      const unproven = unprovable(plan, source, language, snapshot)
      return [
        ...unproven,
        ...unreadable(plan, source, language, snapshot),
        ...unsupportedKeys(
          plan,
          source,
          asked.map(({ outline }) => outline),
        ),
        ...unmeasured(plan, source, traits),
        ...twice(asked, language),
        ...unsettled(asked),
        // Not after other findings: an intent that is refused may leave room for the others.
        ...(before.length + unproven.length > 0 ? [] : roomless(asked, snapshot, language)),
      ]
    },
    resolve: (drawn) => resolve(told, drawn),
  }
}

type Compiling = {
  readonly plan: Plan
  readonly source: PlanSource
  readonly snapshot: Snapshot
  readonly language: Language
  readonly traits: Traits
  readonly ledger: string
}

function resolve(told: Compiling, drawn: readonly Asked<Outline>[]): Resolved<Outline, Merged, Action> {
  const { snapshot, language, traits } = told
  const plan = { ...told.plan, invariants: queriesOf(told.plan, snapshot, language) }
  const unsynced = applicationSync(plan, drawn)
  const synced = unsynced === null
  const outlines = veiled(
    drawn.map(({ outline }) => outline),
    { language, traits, snapshot },
    { hide: plan.invisible, synced },
  )
  const asked = drawn.map((one, place) => ({ ...one, outline: outlines[place] ?? one.outline }))
  requireLenient(asked, !synced || traits.retires === 'hide')
  requireMarkable(asked, synced)
  if (!synced) requireRenamable(asked, snapshot, language)
  // A hidden column could still be written, and no trigger would report it.
  const retiring: Traits = { ...traits, retires: retiresBy(plan, traits, synced) }
  const writers = language.writers(retiring)
  const deploys = outlines.flatMap((one) => one.deploys)
  return {
    asked,
    whole: (outline) => wholeOf({ ...told, retiring }, outline, synced),
    units: (wholes) => unitsOf(plan, wholes, language, retiring),
    restores: (wholes) => restoring(wholes, language, retiring, { plan: plan.name, snapshot }),
    writing: {
      write: (action) => {
        const writer = writers[action.do] as ((action: Action) => Written) | undefined
        if (!writer) throw new Error(`no program for ${language.name} has ${action.do}`)
        return language.lockingOthers(writer(action), snapshot)
      },
      word: wordingOf,
    },
    checkpoints: (phases) =>
      checkpointsOf(plan, deploys, phases, synced).map((one) => sendable(one, language, snapshot)),
    watch: ({ table, watch, name }) => ({ table, columns: [...new Set(watch)], sync: name }),
    retired: ({ table, retire }) => ({
      columns: retire.map(({ column }) => column),
      tombstones: retire.map((one) => tombstone(language, retiring, table, one)),
    }),
    size: (table) => tableIn(snapshot, table),
    warnings: (wholes, phases) => [
      ...(unsynced ? [unsynced] : []),
      ...blind(plan, traits),
      ...outlines.flatMap(({ warnings }) => warnings),
      ...keyless(wholes),
      ...rightsAside(outlines, snapshot, language),
      ...language.exposed(textsOf(plan, outlines), filledIn(snapshot, wholes), snapshot),
      ...unused(plan, phases),
    ],
  }
}

/** A column that is guarded may keep its name: a client that writes it is then told why that is refused. */
const retiresBy = ({ contract }: Plan, { retires }: Traits, synced: boolean): Traits['retires'] =>
  synced ? (contract.readonly && retires === 'rename' ? 'keep' : retires) : 'rename'

/** What the plan takes of one table as a whole. */
function wholeOf(
  { plan, source, snapshot, language, traits, retiring, ledger }: Compiling & { readonly retiring: Traits },
  outline: Outline,
  synced: boolean,
): Merged {
  const table = tableIn(snapshot, outline.table)
  const at = source.at(['intents', 0])
  if (table) requireApart(table, outline.retire, at)
  const name = syncName(language, plan.name, outline.table)
  requireFree(table, outline, name, at)
  if (synced) requireTold(language, outline, at)
  const kept = synced ? keptInStep(outline, table, traits) : withoutSync(language, plan.name, outline, table)
  const retires = table !== undefined && outline.retire.length > 0
  const keeps = plan.contract.archive && retires
  const keeping = { plan: plan.name, language, traits: retiring, snapshot, ledger }
  const walk = walkOf({ language, traits, snapshot }, table, outline, at)
  return {
    ...outline,
    name,
    guard: retires ? guardFor({ plan, language, retiring }, { ...outline, ...kept, name }, table) : null,
    named: table ? keyOf(table) : [],
    walk,
    marking:
      synced && outline.marks.length > 0
        ? {
            ...{ table: outline.table, name: marksName(name), key: walk.key, columns: outline.marks },
            triggers: { insert: newMarksName(name), update: changedMarksName(name) },
          }
        : null,
    path: table ? language.batchPath(table, snapshot) : null,
    kept: keeps ? keptOf(keeping, { ...outline, ...kept }, table, at) : null,
    ...(plan.contract.archive &&
      table && { fills: keepingWhatTheyOverwrite(keeping, table, walk.key, outline.fills) }),
    ...kept,
  }
}

function guardFor(
  { plan, language, retiring }: Pick<Compiling, 'plan' | 'language'> & { readonly retiring: Traits },
  outline: Parameters<typeof guardOf>[2],
  table: Table,
): Merged['guard'] {
  const { readonly, archive } = plan.contract
  // What is only hidden can still be written after it was copied.
  const late = archive && !readonly && retiring.retires === 'hide'
  if (!readonly && !late) return null
  return { ...guardOf(language, plan.name, outline, table), ...(late && { late }) }
}

const tableIn = ({ tables }: Snapshot, { schema, name }: TableRef): Table | undefined =>
  tables.find((table) => table.schema === schema && table.name === name)

const filledIn = ({ tables }: Snapshot, wholes: readonly Merged[]): Table[] =>
  tables.filter(({ schema, name }) =>
    wholes.some(({ table, fills }) => fills.length > 0 && table.schema === schema && table.name === name),
  )

const unused = (plan: Plan, phases: Program['phases']): string[] =>
  !phases.some(({ phase }) => phase === 'contract') && Object.keys(plan.checkpoints).length > 0
    ? ['the checkpoints of this plan are never reached: it has no contract phase']
    : []
