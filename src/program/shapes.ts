import { actionsOf, addedColumns, filledFields, stepsOf } from './actions.ts'
import { keyName } from './column.ts'
import type { FieldGroup } from './document-action.ts'
import { canonical } from './fingerprint.ts'
import type { Program } from './program.ts'
import type { TableRef } from './refs.ts'
import type { SyncGroup } from './sync.ts'

type Phases = Pick<Program, 'phases'>

/** What an application has to know of one table: names of columns or fields, each in one list only. */
export type Shape = {
  readonly table: TableRef
  /** Two names for the same data: what `old` holds `new` holds, too. */
  readonly old: readonly string[]
  readonly new: readonly string[]
  /** They come, and take no other one's place. */
  readonly added: readonly string[]
  /** They keep their name and change their type. */
  readonly converted: readonly string[]
  /** They go, and nothing takes their place. */
  readonly removed: readonly string[]
  /** Columns that have another form under the same name from a step on, such as `contract.1`. */
  readonly reformed: readonly { readonly column: string; readonly from: string }[]
}

type Names = Omit<Shape, 'table' | 'removed' | 'reformed'>

/** Tables whose columns the program adds, replaces or removes. */
export function shapesOf(program: Program): Shape[] {
  const found = [
    ...groupsOf(program),
    ...addedColumns(stepsOf(program)).map(({ table, column }) => ({ table, names: { added: [column] } })),
  ]
  const reforms = reformsOf(program)
  const tables = [...found, ...program.retires, ...reforms].map(({ table }) => table)
  return [...new Map(tables.map((table) => [canonical(table), table])).values()].map((table) => {
    const here = found.filter((one) => canonical(one.table) === canonical(table)).map(({ names }) => names)
    const all = (kind: keyof Names) => [
      ...new Set(here.flatMap((names: Partial<Names>) => names[kind] ?? [])),
    ]
    const [old, fresh, converted] = [all('old'), all('new'), all('converted')]
    const gone = program.retires.filter((one) => canonical(one.table) === canonical(table))
    const reformed = reforms.filter((one) => canonical(one.table) === canonical(table))
    const besides = new Set([...old, ...fresh, ...reformed.flatMap(({ column, shadow }) => [column, shadow])])
    return {
      ...{ table, old, new: fresh, converted },
      added: all('added').filter((name) => !besides.has(name)),
      removed: gone.flatMap(({ columns }) => columns).filter((name) => !besides.has(name)),
      reformed: reformed.map(({ column, from }) => ({ column, from })),
    }
  })
}

/** `shadow`: what holds the new form until then. */
const reformsOf = (
  program: Phases,
): { readonly table: TableRef; readonly column: string; readonly shadow: string; readonly from: string }[] =>
  stepsOf(program).flatMap(({ id, parts }) =>
    parts.flatMap(({ action }) => {
      if (action.do === 'alter_type' || action.do === 'add_words')
        return [{ table: action.table, column: action.column, shadow: action.column, from: id }]
      if (action.do !== 'swap_columns') return []
      return action.swaps.map(({ name, shadow }) => ({ table: action.table, column: name, shadow, from: id }))
    }),
  )

type Found = { readonly table: TableRef; readonly names: Partial<Names> }

/** Triggers name the pairs; where the application keeps them in step only the proofs do. */
const groupsOf = (program: Program): Found[] => [
  ...actionsOf(program).flatMap((action): Found[] => {
    if (action.do === 'install_sync')
      return action.sync.groups.map((group) => ({ table: action.sync.table, names: ofColumns(group) }))
    if (action.do !== 'prove_rows') return []
    return action.rules.flatMap(({ rule }) =>
      rule.rule === 'agree' ? [{ table: action.table, names: ofColumns(rule.group) }] : [],
    )
  }),
  ...filledFields(program).flatMap(({ table, groups }) =>
    groups.map((group) => ({ table, names: ofFields(group) })),
  ),
]

const ofColumns = (group: SyncGroup): Partial<Names> => {
  const up = group.up.map(({ column }) => column)
  if (group.kind === 'pair' && group.swap) return {}
  if (group.kind === 'pair') return { old: group.down.map(({ column }) => column), new: up }
  const { keys } = group
  if (keys) return { old: [keyName(keys, keys.from)], new: [keyName(keys, keys.to)] }
  return group.keeps ? {} : { added: up }
}

function ofFields(group: FieldGroup): Partial<Names> {
  const path = (field: string) => (group.container === '' ? field : `${group.container}.${field}`)
  if (group.kind === 'convert') return { converted: [path(group.field)] }
  const up = group.up.map(({ field }) => path(field))
  return group.kind === 'pair' ? { old: group.down.map(({ field }) => path(field)), new: up } : { added: up }
}
