import type { DocumentLanguage } from '../dialects/interface/document-language.ts'
import type { Language, Texts } from '../dialects/interface/language.ts'
import { type Finding, PlanError, type Position } from '../errors.ts'
import { intents } from '../intents/index.ts'
import { type Outline, syncName } from '../intents/outline.ts'
import { walkAlong } from '../intents/preconditions.ts'
import { requireFree } from '../intents/sync-triggers.ts'
import { requireUntouched } from '../intents/user-triggers.ts'
import { veiled } from '../intents/veil.ts'
import type { Plan, PlanSource } from '../plan/plan.ts'
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
import { keptInStep, unguarded, withoutSync } from './keeping.ts'
import { outlinesBy, readOrRefuse, refuseAll } from './outlines.ts'
import { type Merged, phasesOf, setTemporaryDefault, tombstone } from './phases.ts'
import { rightsAside } from './rights.ts'

/**
 * Compiles plan and snapshot to a program. Pure: the same input gives the same bytes. Throws one error with all findings.
 */
export const compile = (
  plan: Plan,
  source: PlanSource,
  snapshot: Snapshot,
  language: Language | DocumentLanguage,
): Program =>
  'model' in language
    ? compileDocuments(plan, source, snapshot, language)
    : compileTables(plan, source, snapshot, language)

function compileTables(written: Plan, source: PlanSource, snapshot: Snapshot, language: Language): Program {
  const plan = { ...written, invariants: queriesOf(written, snapshot, language) }
  const traits = language.traits(snapshot.server.number)
  const drawn = outlinesOf(plan, source, snapshot, language, traits)
  const unsynced = applicationSync(plan, source, drawn)
  const outlines = veiled(
    drawn,
    { language, traits, snapshot },
    { hide: plan.invisible, synced: unsynced === null },
  )
  requireLenient(plan, source, outlines, unsynced !== null || traits.retires === 'hide')
  const tables = merge(outlines, plan, source, snapshot, { language, traits }, unsynced !== null)
  const watch = tables.map(({ table, watch: columns, name: sync }) => ({ table, columns, sync }))
  if (unsynced !== null) requireRenamable(plan, source, outlines, snapshot, language)
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
      ...(unsynced === null ? [] : dualWrite(plan, outlines, phases)),
      ...(contract ? (unsynced === null ? [switchApp(plan, outlines)] : switchReads(plan, outlines)) : []),
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

/** The outline of each intent. Every intent that fails adds its findings. */
function outlinesOf(
  plan: Plan,
  source: PlanSource,
  snapshot: Snapshot,
  language: Language,
  traits: Traits,
): Outline[] {
  const { outlines, findings } = outlinesBy(plan, source, ({ kind, fields }, told) =>
    intents[kind]?.(fields, { ...told, snapshot, language, traits }),
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
    ...unsupportedKeys(plan, source, outlines),
    ...unmeasured(plan, source, traits),
    ...twice(plan, source, outlines, language),
    // Not after other findings: the outlines that are left would then get wrong places.
    ...(findings.length > 0 ? [] : roomless(plan, source, outlines, snapshot, language)),
  )
  refuseAll(findings)
  return outlines
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
function twice(plan: Plan, source: PlanSource, outlines: readonly Outline[], { fold }: Language): Finding[] {
  const seen = new Set<string>()
  return outlines.flatMap((outline, index) => {
    const made = outline.expand.flatMap((action) =>
      'column' in action && typeof action.column === 'object' ? [action.column.name] : [],
    )
    const names = [...made, ...outline.retire.map(({ column }) => column)].map(
      (column) => `${outline.table.schema}.${outline.table.name}.${fold(column)}`,
    )
    const again = names.find((name) => seen.has(name))
    for (const name of names) seen.add(name)
    const at = source.at(plan.intents[index]?.path ?? [])
    return again
      ? [
          {
            code: 'PLAN_INVALID' as const,
            message: `${again} is changed by two intents of this plan`,
            hint: 'one column can have one change at a time; make a second plan for the other one',
            at,
          },
        ]
      : []
  })
}

/** One outline per table, in the order in which the plan first names them. */
function merge(
  outlines: readonly Outline[],
  plan: Plan,
  source: PlanSource,
  snapshot: Snapshot,
  { language, traits }: { readonly language: Language; readonly traits: Traits },
  unsynced: boolean,
): Merged[] {
  return byTable(outlines).map((all) => {
    const [first] = all as [Outline, ...Outline[]]
    const every = <T>(pick: (outline: Outline) => readonly T[]): T[] => all.flatMap(pick)
    const table = snapshot.tables.find(
      ({ schema, name }) => schema === first.table.schema && name === first.table.name,
    )
    const retiring = every((one) => one.retire)
    const retire = retiring.map(({ column }) => column)
    if (table) requireApart(table, retire, source.at(['intents', 0]))
    const name = syncName(language, plan.name, first.table)
    requireFree(table, all, name, source.at(['intents', 0]))
    if (!unsynced) requireTold(language, first.table, all, source.at(['intents', 0]))
    const needsKey = every((one) => one.fills).length > 0
    return {
      ...first,
      name,
      walk: walkOf(
        { language, traits, snapshot },
        needsKey ? table : undefined,
        { without: retire, expand: every((one) => one.expand) },
        source.at(['intents', 0]),
      ),
      path: table ? language.batchPath(table, snapshot) : null,
      watch: [...new Set(every((one) => one.watch))],
      expand: unsynced
        ? [...all.flatMap(unguarded), ...retiring.flatMap((one) => setTemporaryDefault(first.table, one))]
        : every((one) => one.expand),
      ...(unsynced ? withoutSync(language, plan.name, all, table) : keptInStep(all, table, traits)),
      fills: every((one) => one.fills),
      trials: every((one) => one.trials),
      enforce: every((one) => one.enforce),
      rules: every((one) => one.rules),
      holds: {
        indexes: every((one) => one.holds.indexes),
        constraints: every((one) => one.holds.constraints),
        notNull: every((one) => one.holds.notNull),
      },
      retire: retiring,
      dropsBefore: every((one) => one.dropsBefore),
      referencedTables: every((one) => one.referencedTables),
      beforeDrop: every((one) => one.beforeDrop),
      afterDrop: [...every((one) => one.afterDrop), ...(unsynced ? every((one) => one.defaults) : [])],
      warnings: every((one) => one.warnings),
    }
  })
}

function byTable(outlines: readonly Outline[]): Outline[][] {
  const found = new Map<string, Outline[]>()
  for (const outline of outlines) {
    const name = canonical(outline.table)
    found.set(name, [...(found.get(name) ?? []), outline])
  }
  return [...found.values()]
}

/** Refuses an object on two columns that are both removed: neither new column can take it over. */
function requireApart(table: Table, retire: readonly string[], at: Position): void {
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

/** What the backfill of a table follows; undefined without a backfill. */
function walkOf(
  context: Parameters<typeof walkAlong>[0],
  table: Table | undefined,
  { without, expand }: { readonly without: readonly string[]; readonly expand: Outline['expand'] },
  at: Position,
): Merged['walk'] {
  if (table === undefined) return { key: [], index: null, keeps: [], others: [] }
  requireUntouched(context.language, table, at)
  const walk = walkAlong(context, table, without, at)
  // Columns that this plan adds count, too: one group of a batch may write before the group of the column itself.
  const made = expand.flatMap((action) =>
    action.do === 'add_column' && action.column.onUpdate !== undefined ? [action.column.name] : [],
  )
  return { ...walk, keeps: [...walk.keeps, ...made] }
}

const unused = (plan: Plan, contract: boolean): string[] =>
  !contract && Object.keys(plan.checkpoints).length > 0
    ? ['the checkpoints of this plan are never reached: it has no contract phase']
    : []
