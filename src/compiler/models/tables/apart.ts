import type { Language } from '../../../dialects/interface/language.ts'
import { type Finding, PlanError, type Position } from '../../../errors.ts'
import type { Outline } from '../../../intents/tables/outline.ts'
import { newColumns } from '../../../program/actions.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Asked } from '../../gather.ts'

/** Two intents of a plan cannot change the same column, and none can build on what another one removes. */
export function twice(asked: readonly Asked<Outline>[], { fold }: Language): Finding[] {
  const seen = new Set<string>()
  const named = ({ table }: Outline, columns: readonly string[]) =>
    columns.map((column) => `${table.schema}.${table.name}.${fold(column)}`)
  const retired = ({ retire }: Outline) => retire.map(({ column }) => column)
  const gone = new Set(asked.flatMap(({ outline }) => named(outline, retired(outline))))
  return asked.flatMap(({ outline, at }): Finding[] => {
    const made = newColumns(outline.expand).map(({ column }) => column.name)
    const altered = outline.afterDrop.flatMap((one) =>
      one.do === 'alter_type' || one.do === 'add_words' ? [one.column] : [],
    )
    const names = named(outline, [...made, ...altered, ...retired(outline), ...outline.changes])
    const again =
      names.find((name) => seen.has(name)) ?? named(outline, outline.uses).find((name) => gone.has(name))
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

/** A value of one intent cannot be made from a column that another one changes under its name: it would find two types. */
export const unsettled = (asked: readonly Asked<Outline>[]): Finding[] =>
  asked.flatMap((one): Finding[] => {
    const { table, sync } = one.outline
    const reads = sync.flatMap((group) => group.up.flatMap(({ value }) => value.reads))
    const others = asked.filter(
      ({ outline }) =>
        outline !== one.outline && outline.table.schema === table.schema && outline.table.name === table.name,
    )
    const swapped = others
      .flatMap(({ outline }) => outline.retire)
      .find(({ column, shadow }) => shadow !== undefined && reads.includes(column))
    return swapped === undefined
      ? []
      : [
          {
            code: 'PLAN_INVALID',
            message: `a value is made from ${swapped.column} of ${table.name}, which another intent of this plan changes under its name`,
            hint: 'make two plans, one after the other',
            at: one.at,
          },
        ]
  })

/** Refuses an object on two columns that are both removed: neither new column can take it over. */
export function requireApart(table: Table, retired: Outline['retire'], at: Position): void {
  const retire = retired.map(({ column }) => column)
  const replaced = retired.filter(({ alone }) => !alone).map(({ column }) => column)
  const shared = [
    ...table.indexes,
    ...table.constraints,
    ...table.statistics,
    ...table.foreignKeys.map(({ name, from }) => ({ name, columns: from.columns })),
  ].find(
    ({ columns }) =>
      retire.filter((column) => columns.includes(column)).length > 1 &&
      replaced.some((column) => columns.includes(column)),
  )
  if (shared)
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      `${shared.name} needs ${retire.join(' and ')}, which this plan both retires`,
      { hint: 'make two plans, one after the other', at },
    )
}
