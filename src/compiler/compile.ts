import type { DocumentLanguage } from '../dialects/interface/document-language.ts'
import type { Language, Texts } from '../dialects/interface/language.ts'
import { type Finding, PlanError, type Position } from '../errors.ts'
import type { Wish } from '../intents/define.ts'
import { syncName } from '../intents/tables/context.ts'
import { combine, nothing, type Outline } from '../intents/tables/outline.ts'
import { requireFree } from '../intents/tables/sync-triggers.ts'
import type { Plan, PlanSource } from '../plan/plan.ts'
import { newColumns } from '../program/actions.ts'
import { describe } from '../program/drift.ts'
import { canonical, sha256 } from '../program/fingerprint.ts'
import { FORMAT, type Program } from '../program/program.ts'
import type { Traits } from '../program/traits.ts'
import type { Snapshot, Table } from '../schema/snapshot.ts'
import { backfillOf } from './backfill.ts'
import { dualWrite, holdOf, sendable, switchApp, switchReads, unreadable } from './checkpoints.ts'
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
import { compileDocuments } from './documents/compile.ts'
import { type Asked, byTable, gather, readOrRefuse, refuseAll } from './gather.ts'
import { keptInStep, withoutSync } from './keeping.ts'
import { type Merged, phasesOf, tombstone } from './phases.ts'
import { rightsAside } from './rights.ts'
import { veiled } from './veil.ts'
import { walkOf } from './walk.ts'

/**
 * Compiles plan and snapshot to a program. Pure: the same input gives the same bytes. Throws one error with all findings.
 */
export const compile = (
  plan: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
  language: Language | DocumentLanguage,
): Program =>
  'model' in language
    ? compileDocuments(plan, source, snapshot, language)
    : compileTables(plan, source, snapshot, language)

function compileTables(
  written: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
  language: Language,
): Program {
  const plan = { ...written, invariants: queriesOf(written, snapshot, language) }
  const traits = language.traits(snapshot.server.number)
  const drawn = askedBy(plan, source, snapshot, language, traits)
  const unsynced = applicationSync(plan, drawn)
  const outlines = veiled(
    drawn.map(({ outline }) => outline),
    { language, traits, snapshot },
    { hide: plan.invisible, synced: unsynced === null },
  )
  const asked = drawn.map((one, place) => ({ ...one, outline: outlines[place] ?? one.outline }))
  requireLenient(asked, unsynced !== null || traits.retires === 'hide')
  const tables = byTable(asked).map((all) =>
    whole(all, plan, source, snapshot, { language, traits }, unsynced !== null),
  )
  const watch = tables.map(({ table, watch: columns, name: sync }) => ({
    table,
    columns: [...new Set(columns)],
    sync,
  }))
  const deploys = outlines.flatMap((one) => one.deploys)
  if (unsynced !== null) requireRenamable(asked, snapshot, language)
  // A hidden column could still be written, and no trigger would report it.
  const retiring: Traits = unsynced === null ? traits : { ...traits, retires: 'rename' }
  const phases = phasesOf(plan, tables, language, retiring)
  const contract = phases.some(({ phase }) => phase === 'contract')
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
    checkpoints: [
      ...(unsynced === null ? [] : dualWrite(plan, deploys, phases)),
      ...(contract ? (unsynced === null ? [switchApp(plan, deploys)] : switchReads(plan, deploys)) : []),
    ].map((one) => sendable(one, language, snapshot)),
    watch,
    objects: describe(snapshot, watch),
    retires: tables
      .filter(({ retire }) => retire.length > 0)
      .map(({ table, retire }) => ({
        table,
        columns: retire.map(({ column }) => column),
        tombstones: retire.map(({ column }) => tombstone(language, retiring, table, column)),
      })),
    backfill: backfillOf(plan),
    ...holdOf(plan),
    warnings: [
      ...(unsynced ? [unsynced] : []),
      ...blind(plan, traits),
      ...outlines.flatMap(({ warnings }) => warnings),
      ...keyless(tables),
      ...rightsAside(outlines, snapshot, language),
      ...language.exposed(textsOf(plan, outlines), filled(tables, snapshot), snapshot),
      ...unused(plan, contract),
    ],
  }
  const estimates = tables.map(({ table }) => {
    const found = snapshot.tables.find(({ schema, name }) => schema === table.schema && name === table.name)
    return { table: `${table.schema}.${table.name}`, rows: found?.rows ?? -1, bytes: found?.bytes ?? 0 }
  })
  return { ...body, fingerprint: sha256(canonical(body)), estimates }
}

/** What all intents ask. Every intent that fails adds its findings. */
function askedBy(
  plan: Plan<Wish>,
  source: PlanSource,
  snapshot: Snapshot,
  language: Language,
  traits: Traits,
): Asked<Outline>[] {
  const { asked, findings } = gather(plan, source, (wish, told) =>
    wish.model === 'tables' ? wish.outlines({ ...told, snapshot, language, traits }) : [],
  )
  for (const [index, { sql }] of plan.invariants.entries()) {
    const refusal = readOrRefuse(() => language.query(sql, snapshot, false))
    if (typeof refusal !== 'string')
      findings.push({
        code: 'PLAN_EXPRESSION',
        message: refusal.refused,
        hint: refusal.hint,
        at: source.at(['invariants', index, 'sql']),
      })
  }
  findings.push(
    ...unreadable(plan, source, language, snapshot),
    ...unsupportedKeys(
      plan,
      source,
      asked.map(({ outline }) => outline),
    ),
    ...unmeasured(plan, source, traits),
    ...twice(asked, language),
    // Not after other findings: an intent that is refused may leave room for the others.
    ...(findings.length > 0 ? [] : roomless(asked, snapshot, language)),
  )
  refuseAll(findings)
  return asked
}

/** The queries of invariants as they will run. One that cannot run stays as written, to be refused at its place later. */
const queriesOf = ({ invariants }: Plan, snapshot: Snapshot, language: Language): Plan['invariants'] =>
  invariants.map((one) => {
    const resolved = readOrRefuse(() => language.query(one.sql, snapshot, false))
    return typeof resolved === 'string' ? { ...one, sql: resolved } : one
  })

const filled = (tables: readonly Merged[], snapshot: Snapshot) =>
  snapshot.tables.filter((one) =>
    tables.some(
      ({ table, fills }) =>
        fills.length > 0 && canonical(table) === canonical({ schema: one.schema, name: one.name }),
    ),
  )

/** All text that the author wrote in the database's own language. */
const textsOf = (plan: Plan, outlines: readonly Outline[]): Texts => ({
  values: outlines
    .flatMap(({ sync, fills }) => [
      ...sync.flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])]),
      ...fills.flatMap(({ set }) => set),
    ])
    .map(({ value }) => value.sql),
  queries: [
    ...plan.invariants.map(({ sql }) => sql),
    ...Object.values(plan.checkpoints).flatMap(({ probes }) =>
      probes.flatMap((probe) => ('sql' in probe ? [probe.sql.query] : [])),
    ),
  ],
})

/** Two intents of a plan cannot add or remove the same column. */
function twice(asked: readonly Asked<Outline>[], { fold }: Language): Finding[] {
  const seen = new Set<string>()
  return asked.flatMap(({ outline: { table, expand, retire }, at }): Finding[] => {
    const made = newColumns(expand).map(({ column }) => column.name)
    const names = [...made, ...retire.map(({ column }) => column)].map(
      (column) => `${table.schema}.${table.name}.${fold(column)}`,
    )
    const again = names.find((name) => seen.has(name))
    for (const name of names) seen.add(name)
    return again
      ? [
          {
            code: 'PLAN_INVALID',
            message: `${again} is changed by two intents of this plan`,
            hint: 'one column can have one change at a time; make a second plan for the other one',
            at,
          },
        ]
      : []
  })
}

/** Everything that all intents of the plan ask of one table. */
function whole(
  asked: readonly [Asked<Outline>, ...Asked<Outline>[]],
  plan: Plan,
  source: PlanSource,
  snapshot: Snapshot,
  { language, traits }: { readonly language: Language; readonly traits: Traits },
  unsynced: boolean,
): Merged {
  const [{ outline: first }] = asked
  const all = asked.map(({ outline }) => outline).reduce(combine, nothing(first.table))
  const table = snapshot.tables.find(
    ({ schema, name }) => schema === first.table.schema && name === first.table.name,
  )
  const at = source.at(['intents', 0])
  if (table) requireApart(table, all.retire, at)
  const name = syncName(language, plan.name, first.table)
  requireFree(table, all, name, at)
  if (!unsynced) requireTold(language, all, at)
  return {
    ...all,
    name,
    walk: walkOf({ language, traits, snapshot }, table, all, at),
    path: table ? language.batchPath(table, snapshot) : null,
    ...(unsynced ? withoutSync(language, plan.name, all, table) : keptInStep(all, table, traits)),
  }
}

/** Refuses an object on two columns that are both removed: neither new column can take it over. */
function requireApart(table: Table, retired: Outline['retire'], at: Position): void {
  const retire = retired.map(({ column }) => column)
  const shared = [
    ...table.indexes,
    ...table.constraints,
    ...table.statistics,
    ...table.foreignKeys.map(({ name, from }) => ({ name, columns: from.columns })),
  ].find(({ columns }) => retire.filter((column) => columns.includes(column)).length > 1)
  if (shared)
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      `${shared.name} needs ${retire.join(' and ')}, which this plan both retires`,
      { hint: 'make two plans, one after the other', at },
    )
}

const unused = (plan: Plan, contract: boolean): string[] =>
  !contract && Object.keys(plan.checkpoints).length > 0
    ? ['the checkpoints of this plan are never reached: it has no contract phase']
    : []
