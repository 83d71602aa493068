import type { Language } from '../../dialects/interface/language.ts'
import type { Position } from '../../errors.ts'
import { isSyncTrigger } from '../../program/drift.ts'
import type { Table, Trigger } from '../../schema/snapshot.ts'
import { refuse } from '../refuse.ts'
import { type Context, refOf } from './context.ts'

/** Types of times and numbers. `date` is not among them: it stays the same for a whole day. */
const MOVING = /^(timestamp|datetime|numeric|decimal|(small|big|tiny|medium)?int)/i

const names = (triggers: readonly Trigger[]): string[] => triggers.map(({ name }) => name)

/** Triggers of users that fire for every UPDATE of the new columns. */
const firing = (table: Table): readonly Trigger[] =>
  table.triggers.filter(
    ({ name, enabled, events, updateOf = [], guarded }) =>
      (enabled === 'O' || enabled === 'A') &&
      events.includes('update') &&
      updateOf.length === 0 &&
      !guarded &&
      !isSyncTrigger(name),
  )

const early = ({ timing, level }: Trigger): boolean => timing === 'before' && level === 'row'

/** Refuses a backfill when a trigger certainly changes another column in each row that is written. */
export function requireUntouched(language: Language, table: Table, at: Position): void {
  const moved = ({ sets = [] }: Trigger): string[] =>
    table.columns
      .filter(({ name }) =>
        sets.some((one) => one.always && language.fold(one.column) === language.fold(name)),
      )
      .filter(({ type }) => MOVING.test(type))
      .map(({ name }) => name)
  const found = firing(table).filter((trigger) => early(trigger) && moved(trigger).length > 0)
  const columns = [...new Set(found.flatMap(moved))]
  if (found.length > 0)
    refuse(
      'PLAN_UNSUPPORTED',
      `the trigger ${names(found).join(', ')} sets ${columns.join(', ')} of ${table.schema}.${table.name} anew in every row that the backfill writes`,
      language.sparing(refOf(table), names(found)),
      at,
    )
}

/** Warnings about users' triggers. `columns` are those that contract removes. */
export function triggerCautions({ language }: Context, table: Table, columns: readonly string[]): string[] {
  const fires = firing(table)
  const mentioned = (table.mentions ?? []).map(({ name, columns: all }) => ({
    name,
    of: columns.filter((column) => all.includes(column)),
  }))
  return [
    ...fires
      .filter(({ level }) => level === 'row')
      .map(
        (trigger) => `trigger ${trigger.name} fires for every row that the backfill writes${effect(trigger)}`,
      ),
    ...fires
      .filter(({ level }) => level === 'statement')
      .map(({ name }) => `trigger ${name} fires once for every batch of the backfill, whatever it does then`),
    ...(fires.some(({ sets = [] }) => sets.length > 0)
      ? [`so that they do not: ${language.sparing(refOf(table), names(fires.filter(early)))}`]
      : []),
    ...(table.fixedRows ?? []).map(
      (name) =>
        `${name} takes the rows of ${table.name} for having just the columns that they have now, and fails from expand on: name the columns in it first`,
    ),
    ...mentioned
      .filter(({ of }) => of.length > 0)
      .map(
        ({ name, of }) =>
          `${name} names ${of.join(', ')} in its text: look whether it still works when contract has taken that away`,
      ),
  ]
}

/** What the trigger may do to these rows, or elsewhere. */
function effect(trigger: Trigger): string {
  if (!early(trigger)) return ', and does for each of them what it does'
  const sets = (trigger.sets ?? []).map(({ column }) => column)
  return sets.length > 0
    ? ` and sets ${[...new Set(sets)].join(', ')}: a batch in which that is another value is rolled back, and the backfill stops`
    : '; a batch in which it changes another column is rolled back, and the backfill stops'
}
