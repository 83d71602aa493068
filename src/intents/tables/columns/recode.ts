import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { otherwise, scalar, type Value } from '../../../plan/value.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, typeFor } from '../context.ts'
import { checksOn } from '../parts/drop.ts'
import { inPlace } from '../parts/in-place.ts'
import { underNewName } from '../parts/other-form.ts'
import type { NewForm } from '../parts/way-back.ts'
import { tableName, type } from '../shapes.ts'

const shape = z
  .strictObject({
    table: tableName,
    column: name.describe('The column whose values are recoded.'),
    cases: z
      .record(z.string(), scalar)
      .describe('Each old value with its new one; no two of them may get the same.'),
    to: name
      .optional()
      .describe('The name of the column with the new values; the same name when it is left out.'),
    to_type: type.optional(),
    else: otherwise.prefault('error'),
  })
  .describe('Write the values of a column in other words, under its own name or a new one.')

type Recode = z.output<typeof shape>
type Mapping = Extract<Value, { map: unknown }>

/** Gives the values of a column other codes, and goes back by the same list read backwards. */
export const recode = defineIntent({
  kind: 'recode',
  shape,
  outline(wish, context) {
    const { language, at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    const from = requireColumn(table, wish.column, at('column'))
    const type = wish.to_type === undefined ? from.type : typeFor(context, wish.to_type, at('to_type'))
    const { to = from.name } = wish
    requireWays(wish, context)
    if (wish.else === 'keep' && language.retyping(from.type, type)?.alike === false)
      refuse(
        'PLAN_INVALID',
        `a value of ${from.name} cannot be kept: it is ${from.type}, and the new column is ${type}`,
        'write else: error, null or { literal: … }',
        at('else'),
      )
    requireNoOldValues(context, table, from)
    const form: NewForm = {
      type,
      using: { map: { column: from.name, cases: wish.cases, else: wish.else } },
      back: inverse(wish, to, from.notNull),
      unparsed: 'fail',
      instead: 'one UPDATE of the column would leave versions that know only the old values without any',
      fields: { using: 'cases', back: 'cases' },
    }
    return to === from.name
      ? inPlace(context, table, from, form)
      : underNewName(context, table, from, to, form)
  },
})

/** Each new value belongs to one old one; values without a case go back as they came. */
function inverse({ cases, else: other }: Recode, column: string, notNull: boolean): Mapping {
  const back = Object.fromEntries(
    Object.entries(cases).flatMap(([old, value]) => (value === null ? [] : [[String(value), old]])),
  )
  const unknown = other === 'keep' ? 'keep' : other === 'error' || notNull ? 'error' : 'null'
  return { map: { column, cases: back, else: unknown } }
}

/** Refuses what has no way back. */
function requireWays({ column, cases, to }: Recode, { at }: Context): void {
  if (Object.keys(cases).length === 0)
    refuse('PLAN_INVALID', 'there is no case', 'write each old value with its new one', at('cases'))
  const seen = new Map<string, string>()
  for (const [old, value] of Object.entries(cases)) {
    const other = seen.get(String(value))
    if (other !== undefined)
      refuse(
        'PLAN_INVALID',
        `${other} and ${old} both become ${String(value)}, so nothing tells which of them to go back to`,
        `give each its own value; or write ${to === undefined || to === column ? 'change_type with the map in using' : `split_column with the map as the value of ${to}`}, and with the way back in back`,
        at('cases', old),
      )
    seen.set(String(value), old)
  }
}

/**
 * Refuses rules and indexes with a condition on the old values. Their counterparts would hold the new values to it: a CHECK
 * would refuse statements of the application, and an index would leave rows out.
 */
function requireNoOldValues(context: Context, table: Table, { name: column }: Column): void {
  const no = (what: string) =>
    refuse(
      'PLAN_UNSUPPORTED',
      `the ${what} of ${table.schema}.${table.name} has a condition on the values of ${column}, and the plan writes other values`,
      `drop the ${what} before this plan, and make it anew for the new values afterwards`,
      context.at('column'),
    )
  for (const { name, definition } of checksOn(table, column))
    if (asks(definition, column)) no(`check ${name}`)
  for (const { name, definition, partial, columns } of table.indexes) {
    const condition = definition.slice(definition.lastIndexOf(' WHERE '))
    if (partial && columns.includes(column) && asks(condition, column)) no(`index ${name}`)
  }
}

/** Whether a condition asks for more of a column than to be empty or not. */
const asks = (condition: string, column: string): boolean =>
  condition
    .replace(/[^\s(]+ IS (?:NOT )?NULL\b/gi, '')
    .toLowerCase()
    .includes(column.toLowerCase())
