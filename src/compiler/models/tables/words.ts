import type { Action, FillGroup } from '../../../program/action.ts'
import type { AuthorsStatement } from '../../../program/kinds/further-action.ts'
import type { TableRef } from '../../../program/refs.ts'
import { type Seal, swapsIn } from '../../../program/sync.ts'
import type { Wording } from '../../phases.ts'
import { archiveWords, broughtBack } from './archive/words.ts'
import { guardWords } from './guard.ts'
import { computedOutside, markWords } from './modules/words.ts'
import { named, ruleWords } from './rule-words.ts'

const list = (names: readonly string[]): string => names.join(', ')

const sealed = ({ groups }: Seal): string[] => groups.flatMap(({ down }) => down.map(({ column }) => column))

const given = ({ name }: TableRef, columns: readonly string[]): Wording => ({
  title: `give accounts the same rights on ${list(columns)} of ${name} as on what that replaces`,
  reason:
    'the server keeps rights on single columns by name; where this user may not give them, the statements are said and the plan goes on',
})

const taken = ({ name }: TableRef, columns: readonly string[]): Wording => ({
  title: `take away the rights on ${list(columns)} of ${name} alone`,
  reason: 'they outlive the column, and would hold for the next one of that name',
})

const asWritten = ({ statement, transaction }: AuthorsStatement, reason: string): Wording => {
  const text = statement.trim().replace(/\s+/g, ' ')
  return {
    title: `run ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`,
    reason: `${reason}; ${transaction === 'step' ? 'it and its ledger row are one transaction' : 'it cannot share a transaction, so its query done says whether it has run'}`,
  }
}

const writtenOnce = ({ name }: TableRef, [group]: readonly FillGroup[]): Wording | null => {
  if (!group?.once) return null
  if (group.keys)
    return {
      title: `give the documents of ${name}.${group.keys.column} the key ${group.keys.to}, batch by batch`,
      reason:
        'one pass along the key; only documents that lack one of both keys are written, each batch with its ledger row',
    }
  const { where, steady } = group.once
  return {
    title: `set ${list(group.set.map(({ column }) => column))} of ${where === null ? 'all rows' : 'those rows'} of ${name}${where === null ? '' : ' for which the condition holds'}, batch by batch`,
    reason: `one pass along the key, each batch with its ledger row, so no row is written twice; ${group.keep ? `what a row had before is kept in ${group.keep.archive.name} by the same transaction; ` : ''}${steady ? 'rows that have the values already are left alone, and ' : ''}what a client writes behind the pass stays`,
  }
}

/** What each action does and why it is done this way, for a reviewer. */
const words: { readonly [Kind in Action['do']]: (action: Extract<Action, { do: Kind }>) => Wording } = {
  try_rows: ({ table, trials }) => ({
    title: `try ${list(trials.map(({ column }) => column))} on all rows of ${table.name}`,
    reason: 'read-only, before anything is changed: what no value can be made of is counted and named now',
  }),
  add_column: ({ table, column }) => ({
    title: `add ${table.name}.${column.name}${column.invisible ? ', invisible' : ''}`,
    reason: column.invisible
      ? 'nullable and without default, so only the catalogue changes; code that names no columns does not notice'
      : 'nullable and without default, so only the catalogue changes and old code does not notice',
  }),
  add_column_with_default: ({ table, column }) => ({
    title: `add ${table.name}.${column.name} with its default`,
    reason: 'the default does not change from row to row, so the server stores it once and touches no row',
  }),
  add_generated: ({ table, column }) => ({
    title: `add ${table.name}.${column.name}, computed by the server`,
    reason: 'it is computed when it is read, so only the catalogue changes',
  }),
  create_sequence: ({ sequence }) => ({
    title: `create the sequence ${sequence.name}`,
    reason:
      'it numbers new rows and old ones until the column does so itself; every role that inserts may use it',
  }),
  make_identity: ({ table, column, always }) => ({
    title: `let ${table.name}.${column} number its rows itself (${always ? 'always' : 'by default'})`,
    reason: 'all rows have a number, so only the catalogue changes; it goes on behind the greatest one',
  }),
  grant_column: ({ table, column }) => given(table, [column]),
  revoke_column: ({ table, column }) => taken(table, [column]),
  install_sync: ({ sync }) =>
    sync.groups.some(({ kind }) => kind === 'pair')
      ? {
          title: `keep both shapes of ${sync.table.name} in step by a trigger`,
          reason:
            'from the first moment the new column exists, whatever one version writes the other one reads',
        }
      : sync.groups.some((group) => group.kind === 'fill' && group.keys)
        ? {
            title: `keep both keys in ${list(sync.groups.flatMap(({ up }) => up.map(({ column }) => column)))} of ${sync.table.name} equal by a trigger`,
            reason: 'from the first moment on, whatever one version writes the other one reads',
          }
        : {
            title: `fill ${list(sync.groups.flatMap(({ up }) => up.map(({ column }) => column)))} of new rows by a trigger`,
            reason: 'code that does not know the column goes on writing rows',
          },
  lead_sync: ({ sync }) => ({
    title: `let other triggers of ${sync.table.name} see both shapes`,
    reason: 'a second trigger runs ahead of them; what they make of a row is carried over behind them',
  }),
  fill: ({ table, groups }) =>
    broughtBack(table, groups) ??
    computedOutside(table, groups) ??
    writtenOnce(table, groups) ?? {
      title: `fill ${list(groups.flatMap(({ set }) => set.map(({ column }) => column)))} of ${table.name}, batch by batch`,
      reason:
        'one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row',
    },
  strip_key: ({ table, groups }) => {
    const [{ keys } = { keys: undefined }] = groups
    return {
      title: `take the key ${keys?.from} out of the documents of ${table.name}.${keys?.column}, batch by batch`,
      reason:
        'nobody reads or writes it any more; each batch with its ledger row, so an interrupted pass goes on',
    }
  },
  create_index: ({ table, name, unique }) => ({
    title: `build ${unique ? 'unique ' : ''}index ${name}`,
    reason: `beside running writes to ${table.name}, and after the backfill, so that batches stay cheap`,
  }),
  add_unique: ({ name }) => ({
    title: `make ${name} a unique constraint`,
    reason: 'the index is already there, so only the catalogue changes',
  }),
  add_constraint: ({ name }) => ({
    title: `add constraint ${name}, not validated`,
    reason: 'new rows are checked from now on; the others are not read yet',
  }),
  validate_constraint: ({ name }) => ({
    title: `validate constraint ${name}`,
    reason: 'reads the whole table while reads and writes go on',
  }),
  add_not_null: ({ table, column }) => ({
    title: `require ${table.name}.${column}, not validated`,
    reason: 'new rows need a value from now on; the others are not read yet',
  }),
  finish_not_null: ({ table, column }) => ({
    title: `make ${table.name}.${column} NOT NULL`,
    reason: 'the validated check is proof enough: no row is read under the lock',
  }),
  set_not_null: ({ table, column }) => ({
    title: `make ${table.name}.${column.name} NOT NULL`,
    reason:
      'the server writes the table anew while reads and writes go on; it refuses when a value is missing',
  }),
  allow_null: ({ table, column }) => ({
    title: `let ${table.name}.${column.name} be empty`,
    reason: 'a version that does not know the column leaves it out; undone, it is required again',
  }),
  create_statistics: ({ name }) => ({
    title: `create statistics ${name}`,
    reason: 'the planner knew this of the old column',
  }),
  prove_rows: ({ table, rules }) => ({
    title: `prove ${list(rules.map(({ name }) => name))} on all rows of ${table.name}`,
    reason: 'one scan for all of them; one row that breaks a rule stops the plan',
  }),
  prove_catalogue: ({ checks }) => ({
    title: `prove that ${checks.table.name} has its sync, indexes and constraints`,
    reason: 'an invalid index or a disabled trigger would show only later',
  }),
  prove_query: ({ name }) => ({ title: `prove ${name}`, reason: `the plan's own query must find nothing` }),
  retire_column: ({ table, column, tombstone, shows = [] }) =>
    tombstone === column
      ? {
          title: `retire ${table.name}.${column}: make it invisible${shows.length > 0 ? `, and ${list(shows.map((one) => one.column.name))} visible` : ''}`,
          reason:
            shows.length > 0
              ? 'statements that name no columns meet the new shape now, while one statement still undoes it'
              : 'statements that read it from SELECT * or write it by its position fail now, while one statement still undoes it',
        }
      : {
          title: `retire ${table.name}.${column} under another name`,
          reason: 'clients that still use it fail now, while renaming it back still undoes everything',
        },
  alter_type: ({ table, column, to, says, back }) => ({
    title: `${table.name}.${column} becomes ${to}`,
    reason: `only the catalogue changes: ${says}; ${back === null ? 'to go back the server would have to read or write all rows' : 'the way back is as short'}`,
  }),
  add_words: ({ type, words: added }) => ({
    title: `the list ${type.name} gets ${list(added.map(({ word }) => word))}`,
    reason:
      'only the catalogue changes, and no table is locked; the server takes no word out of a list again, so this cannot be undone',
  }),
  swap_columns: ({ table, swaps }) => ({
    title: `swap: ${list(swaps.map(({ shadow, name }) => `${shadow} becomes ${table.name}.${name}`))}`,
    reason:
      'both names change in the same moment, so every statement finds one of the two columns there; changing them back undoes it',
  }),
  reserve_names: ({ sync }) => ({
    title: `lend ${list(swapsIn(sync.groups).map(({ tombstone }) => tombstone))} to the triggers of ${sync.table.name}`,
    reason:
      'the triggers know both orders of the names, and the server creates none that names a column which is not there: the empty column goes again in this step',
  }),
  release_names: ({ sync }) => ({
    title: `take ${list(swapsIn(sync.groups).map(({ tombstone }) => tombstone))} away again`,
    reason: 'the triggers are there, and ask for each row which of the names its table has',
  }),
  show_column: ({ table, column }) => ({
    title: `make ${table.name}.${column.name} visible`,
    reason: 'every version knows it by now, so it is part of SELECT * and of INSERT without names of columns',
  }),
  set_temporary_default: ({ table, column }) => ({
    title: `give ${table.name}.${column} a temporary default`,
    reason: 'once the sync is gone, rows that leave it out must not be refused until it is dropped',
  }),
  drop_index: ({ name }) => ({
    title: `drop index ${name}`,
    reason: 'dropping its column would only take the column out of it',
  }),
  drop_constraint: ({ name }) => ({
    title: `drop constraint ${name}`,
    reason: 'its column cannot be dropped while it stands',
  }),
  replace_sync: ({ sync }) => ({
    title: `let the sync of ${sync.table.name} follow`,
    reason: 'the retired column is still kept in step, so going back loses nothing',
  }),
  remove_sync: ({ sync }) => ({
    title: `remove the sync trigger of ${sync.table.name}`,
    reason: 'only one shape is left to write',
  }),
  install_seal: ({ seal }) => ({
    title: `refuse statements that write only ${list(sealed(seal))} of ${seal.table.name}, by a trigger`,
    reason: `what is written between the last proof and the end of ${list(sealed(seal))} would be lost; who writes both shapes, or the new one alone, goes on`,
  }),
  remove_seal: ({ seal }) => ({
    title: `remove the trigger that guards ${list(sealed(seal))} of ${seal.table.name}`,
    reason: 'under its old name nobody can write it any more',
  }),
  ...guardWords,
  ...archiveWords,
  ...markWords,
  drop_column: ({ table, column, kept }) => ({
    title: `drop ${table.name}.${column}`,
    reason: `${kept ? 'a rollback brings back what it held' : 'the point of no return'}; without CASCADE, so anything that still depends on it stops this`,
  }),
  rename_index: ({ from, to, wished }) =>
    wished
      ? named('index', from, to)
      : {
          title: `index ${to} gets its name`,
          reason: 'the old index went with its column',
        },
  rename_constraint: ({ from, to, wished }) =>
    wished
      ? named('constraint', from, to)
      : {
          title: `constraint ${to} gets its name`,
          reason: 'the old constraint went with its column',
        },
  rename_statistics: ({ to }) => ({
    title: `statistics ${to} get their name`,
    reason: 'the old ones went with their column',
  }),
  set_default: ({ table, column }) => ({
    title: `set the default of ${table.name}.${column.name}`,
    reason: 'it applies to new rows; no row is touched',
  }),
  ...ruleWords,
  run_sql: (action) => asWritten(action, 'a statement of the plan, as it is written'),
  finish_sql: (action) => asWritten(action, 'a statement of the plan, as it is written; nothing undoes it'),
  own_sequence: ({ table, column, sequence }) => ({
    title: `sequence ${sequence.name} belongs to ${table.name}.${column}`,
    reason: 'it would be dropped with the old column',
  }),
}

/** The wording of the actions of one step. Actions that only rename are described together. */
export function wordingOf(actions: readonly Action[]): Wording {
  const [first] = actions
  if (first && (first.do === 'grant_column' || first.do === 'revoke_column')) return ofRights(first, actions)
  const moves = actions.filter(isMove)
  const others = actions.filter((action) => !isMove(action)).map(wordOf)
  const named =
    moves.length > 1
      ? [{ title: `${list(moves.map(({ to }) => to))} get their names`, reason: MOVED }]
      : moves.map(wordOf)
  const all = [...others, ...named]
  return {
    title: all.map(({ title }) => title).join('; '),
    reason: [...new Set(all.map(({ reason }) => reason))].join('; '),
  }
}

/** Actions for rights have steps of their own, with one action for each right. */
function ofRights({ do: kind, table }: Extract<Action, { right: unknown }>, all: readonly Action[]): Wording {
  const columns = [...new Set(all.flatMap((one) => ('right' in one ? one.column : [])))]
  return kind === 'grant_column' ? given(table, columns) : taken(table, columns)
}

type Move = Extract<Action, { do: 'rename_index' | 'rename_constraint' | 'rename_statistics' }>
const isMove = (action: Action): action is Move => action.do.startsWith('rename_')
const MOVED = 'what had these names went with the old column'

const wordOf = (action: Action): Wording => (words[action.do] as (action: Action) => Wording)(action)
