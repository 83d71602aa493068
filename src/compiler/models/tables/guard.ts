import type { Language } from '../../../dialects/interface/language.ts'
import type { Outline, RetiredColumn } from '../../../intents/tables/outline.ts'
import { cascades, syncDefault } from '../../../intents/tables/preconditions.ts'
import type { Action } from '../../../program/action.ts'
import { isSyncTrigger } from '../../../program/drift.ts'
import type { Guard, Guarded, Sync } from '../../../program/sync.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Wording } from '../../phases.ts'

type Told = Pick<Outline, 'table' | 'retire' | 'sync'> & Pick<Guard, 'name'> & Pick<Sync, 'ahead'>

/** What refuses writes to the columns that go, for the time before their drop. */
export function guardOf(
  language: Language,
  plan: string,
  { table: ref, retire, sync, name, ahead }: Told,
  table: Table,
): Guard {
  const columns = retire.flatMap((gone) => guarded(language, table, gone))
  const key = table.foreignKeys.some(
    (one) => cascades(one) && columns.some(({ column }) => one.from.columns.includes(column)),
  )
  const first = (event: 'insert' | 'update') =>
    table.triggers.find(
      (one) => one.timing === 'before' && one.events.includes(event) && !isSyncTrigger(one.name),
    )?.name ?? null
  return {
    ...{ table: ref, name, plan, columns, cascades: key, sync: sync.length > 0 ? ahead : null },
    others: { insert: first('insert'), update: first('update') },
  }
}

const guarded = (language: Language, table: Table, { column, now }: RetiredColumn): Guarded[] =>
  table.columns
    .filter(({ name }) => name === column)
    .map((one) => ({
      ...{ column, type: one.type, stamped: one.onUpdate !== undefined },
      default: now ? constant(now.default) : syncDefault({ language }, one),
    }))

const constant = (sql: string | null): Guarded['default'] => (sql === null ? null : { sql, volatile: false })

const columnsOf = ({ columns }: Guard): string => columns.map(({ column }) => column).join(', ')

export const guardWords: {
  readonly [Kind in 'install_guard' | 'remove_guard']: (action: Extract<Action, { do: Kind }>) => Wording
} = {
  install_guard: ({ guard }) => ({
    title: `refuse statements that write ${columnsOf(guard)} of ${guard.table.name}, by a trigger`,
    reason:
      'a client that still writes it is told so before anything is lost; reads go on, and one command undoes it',
  }),
  remove_guard: ({ guard }) => ({
    title: `remove the trigger that keeps ${columnsOf(guard)} of ${guard.table.name} from being written`,
    reason: 'what it guards is dropped now',
  }),
}
