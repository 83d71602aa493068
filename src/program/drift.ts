import { qualified } from '../schema/lookup.ts'
import type { Column, ForeignKey, Snapshot, Table } from '../schema/snapshot.ts'
import { describeCollection } from './drift-collections.ts'
import type { Watch } from './program.ts'

/** The prefix of all sync triggers. It sorts after the names that people choose. */
export const SYNC_PREFIX = 'zz_plan_sync_'

/** The prefix of functions that compute one value and never fail. */
export const VALUE_PREFIX = 'plan_value_'

/** The name of a sync's second trigger. It sorts before the names that people choose. */
export const leadName = (sync: string): string => `!!${sync.slice(2)}`

/** The name of the trigger that refuses writes before the drop. It sorts before those of the sync. */
export const guardName = (sync: string): string => `!!!${sync.slice(3)}`

/**
 * The names of what marks rows for a sweep, made from the sync's name: the table of marks, and the triggers for rows that
 * are new and for rows that have changed.
 */
export const marksName = (sync: string): string => `zm${sync.slice(2)}`
export const newMarksName = (sync: string): string => `zn${sync.slice(2)}`
export const changedMarksName = (sync: string): string => `zc${sync.slice(2)}`

export const SYNC_TRIGGER = '^(zz_|zn_|zc_|!!_|!!!)plan_sync_'

/** Whether a trigger belongs to a sync of any plan. */
export const isSyncTrigger = (name: string): boolean => new RegExp(SYNC_TRIGGER).test(name)

/** The names of all triggers that a plan may have on a table, where one name serves both events. */
export const triggersOf = (sync: string): readonly string[] => [
  ...[sync, leadName(sync), guardName(sync)],
  ...[newMarksName(sync), changedMarksName(sync)],
]

/**
 * Whether a trigger has a name of this sync. Servers with one trigger per event use names that begin with the sync's
 * name.
 */
export const isOfSync = (name: string, sync: string): boolean =>
  triggersOf(sync).includes(name) || name.startsWith(`${sync}_`)

/** Whether the name belongs to another plan's sync. */
export const isForeignSync = (name: string, own: readonly string[]): boolean =>
  isSyncTrigger(name) && !own.some((sync) => isOfSync(name, sync))

type Entry = readonly [object: string, definition: string]

/**
 * What a plan about these columns relies on: each object with a one-line definition, sorted by object. Missing
 * tables, collections and columns are left out. Sizes, estimates and samples are never included.
 */
export function describe(snapshot: Snapshot, watch: readonly Watch[]): Record<string, string> {
  const watched = new Map<string, Set<string>>()
  for (const { table, columns } of watch) {
    const key = JSON.stringify([table.schema, table.name])
    watched.set(key, new Set([...(watched.get(key) ?? []), ...columns]))
  }
  const ofTables = snapshot.tables.flatMap((table) => {
    const columns = watched.get(JSON.stringify([table.schema, table.name]))
    const own = watch.flatMap(({ sync }) => sync ?? [])
    return columns ? [...ofTable(table, own), ...ofColumns(table, columns)] : []
  })
  const ofCollections = (snapshot.collections ?? []).flatMap((collection) => {
    const fields = watched.get(JSON.stringify([snapshot.schema, collection.name]))
    return fields ? describeCollection(snapshot.schema, collection, fields) : []
  })
  const lines = [...ofTables, ...ofCollections].map(
    ([object, definition]): Entry => [object, definition.replaceAll(/\r?\n/g, '\\n')],
  )
  return Object.fromEntries(lines.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

/** One line for each object that was added (`+`), removed (`-`) or changed (`~`), sorted by object. */
export function difference(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const objects = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return objects.flatMap((object) => {
    const [was, is] = [before[object], after[object]]
    if (was === is) return []
    if (was === undefined) return [`+ ${object}: ${is}`]
    if (is === undefined) return [`- ${object}: ${was}`]
    return [`~ ${object}: ${was} -> ${is}`]
  })
}

/**
 * `difference` without objects that only use the columns, such as views and policies: contract checks those itself. A
 * removed or changed trigger is harmless unless it is the tool's own; a new trigger may be harmful.
 */
export const shapeChanges = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] =>
  difference(shaping(before), shaping(after)).filter(
    (change) => !/^[-~] trigger (?![^:]*\.(zz_|zn_|zc_|!!_|!!!)plan_sync_)/.test(change),
  )

/** The same without statistics objects that only list their columns in another order: a column that comes back is the last one. */
export const restoredChanges: typeof shapeChanges = (before, after) =>
  shapeChanges(inAnyOrder(before), inAnyOrder(after))

const inAnyOrder = (objects: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objects).map(([object, definition]) => [
      object,
      object.startsWith('statistics ') ? definition.split(/,? /).sort().join(' ') : definition,
    ]),
  )

const shaping = (objects: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objects).filter(
      ([object, definition]) => !definition.startsWith('needs ') && !/^(policy|publication) /.test(object),
    ),
  )

/** What concerns every column: what a write to the table does, and who sees its rows. */
function ofTable(table: Table, own: readonly string[]): Entry[] {
  const name = qualified(table)
  const { enabled, forced } = table.rowSecurity
  const { kind, index } = table.replicaIdentity
  return [
    [
      `table ${name}`,
      [table.kind, partition(table), ...table.inherits.map((parent) => `inherits ${parent}`)]
        .filter(Boolean)
        .join(', '),
    ],
    [
      `row security ${name}`,
      enabled ? (forced ? 'enabled, forced' : 'enabled') : forced ? 'disabled, forced' : 'disabled',
    ],
    [`replica identity ${name}`, index === null ? kind : `${kind} ${index}`],
    ...table.triggers
      .filter((trigger) => !isForeignSync(trigger.name, own))
      .map(
        (trigger): Entry => [
          `trigger ${name}.${trigger.name}`,
          `${trigger.definition} (enabled ${trigger.enabled}, ${trigger.function} ${trigger.functionHash}${trigger.functionOwner === undefined ? '' : ` of ${trigger.functionOwner}`})`,
        ],
      ),
    ...table.publications.map(
      (publication): Entry => [
        `publication ${publication.name} of ${name}`,
        publication.columns === null ? 'all columns' : publication.columns.join(', '),
      ],
    ),
  ]
}

function ofColumns(table: Table, columns: ReadonlySet<string>): Entry[] {
  const name = qualified(table)
  const watched = (names: readonly string[]): boolean => names.some((column) => columns.has(column))
  const valid = (object: { readonly definition: string; readonly validated: boolean }): string =>
    // PostgreSQL's own definition already says so.
    object.validated || object.definition.includes('NOT VALID')
      ? object.definition
      : `${object.definition} (not valid)`
  const key = (foreign: ForeignKey): Entry => [
    `foreign key ${foreign.from.schema}.${foreign.from.table}.${foreign.name}`,
    valid(foreign),
  ]
  return [
    ...table.columns
      .filter((column) => columns.has(column.name))
      .map((column): Entry => [`column ${name}.${column.name}`, ofColumn(column)]),
    ...table.constraints
      .filter((constraint) => constraint.kind === 'primary' || watched(constraint.columns))
      .map((constraint): Entry => [`constraint ${name}.${constraint.name}`, valid(constraint)]),
    ...table.indexes
      .filter((index) => watched(index.columns))
      .map(
        (index): Entry => [
          `index ${name}.${index.name}`,
          index.valid ? index.definition : `${index.definition} (invalid)`,
        ],
      ),
    ...table.foreignKeys.filter((foreign) => watched(foreign.from.columns)).map(key),
    ...table.referencedBy.filter((foreign) => watched(foreign.to.columns)).map(key),
    ...table.statistics
      .filter((object) => watched(object.columns))
      .map((object): Entry => [`statistics ${qualified(object)}`, object.definition]),
    ...table.policies
      .filter((policy) => watched(policy.columns))
      .map((policy): Entry => [`policy ${name}.${policy.name}`, policy.definition]),
    ...table.dependents
      .filter((dependent) => watched(dependent.columns))
      .map(
        (dependent): Entry => [
          `${dependent.name} of ${name}`,
          `needs ${dependent.columns.filter((column) => columns.has(column)).join(', ')}`,
        ],
      ),
  ]
}

const partition = (table: Table): string =>
  table.partitionOf === null ? '' : `partition of ${table.partitionOf}`

const ofColumn = (column: Column): string =>
  [
    column.type,
    column.collation && `COLLATE ${column.collation}`,
    column.default && `DEFAULT ${column.default.sql}`,
    column.identity && `GENERATED ${column.identity.toUpperCase()} AS IDENTITY`,
    column.generated &&
      `GENERATED ALWAYS AS (${column.generated.expression}) ${column.generated.kind.toUpperCase()}`,
    column.notNull && 'NOT NULL',
    column.invisible && 'INVISIBLE',
    column.comment !== null && `COMMENT ${JSON.stringify(column.comment)}`,
  ]
    .filter(Boolean)
    .join(' ')
