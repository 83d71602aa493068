import type { Language } from '../../../dialects/interface/language.ts'
import { syncName } from '../../../intents/tables/context.ts'
import type { Outline } from '../../../intents/tables/outline.ts'
import { cascades } from '../../../intents/tables/preconditions.ts'
import { aheadOf } from '../../../intents/tables/sync-triggers.ts'
import type { Action } from '../../../program/action.ts'
import type { Seal } from '../../../program/sync.ts'
import type { Traits } from '../../../program/traits.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { setTemporaryDefault } from './contract.ts'
import type { Merged } from './merged.ts'

type Kept = Pick<Merged, 'expand' | 'sync' | 'defaults' | 'ahead' | 'seal' | 'afterDrop'>

/** What replaces the triggers when the application writes both shapes: only the seal of what contract retires. */
export function withoutSync(
  language: Language,
  plan: string,
  whole: Outline,
  table: Table | undefined,
): Kept {
  const { retire, defaults, afterDrop } = whole
  return {
    expand: [...unguarded(whole), ...retire.flatMap((one) => setTemporaryDefault(whole.table, one))],
    sync: [],
    defaults: [],
    ahead: [],
    seal: sealOf(language, plan, whole, table),
    afterDrop: [...afterDrop, ...defaults],
  }
}

/** Without triggers nothing records what undoing would lose, so the columns' own actions have to count it. */
const unguarded = ({ expand, sync }: Outline): readonly Action[] =>
  expand.map((action) => {
    const up =
      action.do === 'add_column'
        ? sync.flatMap((group) => group.up).find(({ column }) => column === action.column.name)
        : undefined
    return up === undefined ? action : ({ ...action, up } as Action)
  })

function sealOf(
  language: Language,
  plan: string,
  { table: ref, retire, sync }: Outline,
  table: Table | undefined,
): Seal | null {
  const retired = retire.map(({ column }) => column)
  const pairs = sync.flatMap((group) => (group.kind === 'pair' ? [group] : []))
  if (retired.length === 0 || pairs.length === 0) return null
  const groups = pairs.every(({ identical }) => identical) ? pairs : pairs.map(told(language))
  const own = (table?.foreignKeys ?? []).filter(
    (key) => cascades(key) && key.from.columns.some((column) => retired.includes(column)),
  )
  const name = syncName(language, plan, ref)
  return { table: ref, name, groups, aliases: [], ahead: [], plan, cascades: own.length > 0 }
}

/**
 * The seal evaluates expressions with settings of its own. A default that depends on the client's settings then cannot
 * show whether the client wrote the column.
 */
const told =
  ({ localDefault }: Language) =>
  (group: Seal['groups'][number]): Seal['groups'][number] => ({
    ...group,
    down: group.down.map((one) =>
      one.default !== null && localDefault(one.default.sql, one.type)
        ? { ...one, default: { ...one.default, volatile: true } }
        : one,
    ),
  })

/**
 * What the triggers do, and the defaults that wait for them. Set earlier, a default would hide a value of an old client
 * that nobody keeps.
 */
export const keptInStep = (
  { expand, sync, defaults, afterDrop }: Outline,
  table: Table | undefined,
  traits: Traits,
): Kept => ({
  expand,
  // Derived columns come after the columns they are derived from.
  sync: sync.toSorted((a, b) => Number(a.kind === 'fill') - Number(b.kind === 'fill')),
  defaults,
  ahead: table ? aheadOf(table, traits, sync) : [],
  seal: null,
  afterDrop,
})
