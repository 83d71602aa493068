import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { otherwise, type Scalar, scalar, type Value } from '../../../plan/value.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, typeFor } from '../context.ts'
import { inPlace } from '../parts/in-place.ts'
import { tableName, type } from '../shapes.ts'

const shape = z
  .strictObject({
    table: tableName,
    column: name.describe('The column whose values are recoded; it keeps its name.'),
    cases: z
      .record(z.string(), scalar)
      .describe('Each old value with its new one; no two of them may get the same.'),
    to: name.optional().describe('Another name for the column.'),
    to_type: type.optional(),
    else: otherwise.prefault('error'),
  })
  .describe('Write the values of a column in other words, under its own name.')

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
    const to = wish.to_type === undefined ? from.type : typeFor(context, wish.to_type, at('to_type'))
    requireWays(wish, context)
    if (wish.else === 'keep' && language.retyping(from.type, to)?.alike === false)
      refuse(
        'PLAN_INVALID',
        `a value of ${from.name} cannot be kept: it is ${from.type}, and the new column is ${to}`,
        'write else: error, null or { literal: … }',
        at('else'),
      )
    return inPlace(context, table, from, {
      type: to,
      using: { map: { column: from.name, cases: wish.cases, else: wish.else } },
      back: inverse(wish, from.notNull),
      unparsed: 'fail',
      fields: { using: 'cases', back: 'cases' },
    })
  },
})

/** Each new value belongs to one old one; values without a case go back as they came. */
function inverse({ column, cases, else: other }: Recode, notNull: boolean): Mapping {
  const back = Object.fromEntries(
    Object.entries(cases).flatMap(([old, value]) => (value === null ? [] : [[String(value), old]])),
  )
  const unknown = other === 'keep' ? 'keep' : other === 'error' || notNull ? 'error' : 'null'
  return { map: { column, cases: back, else: unknown } }
}

/** Refuses what has no way back, or is not done here. */
function requireWays({ column, cases, to }: Recode, { at }: Context): void {
  if (to !== undefined)
    refuse(
      'PLAN_NOT_BUILT',
      'recode under another name is not built yet',
      `split_column does it: into: { ${to}: { type: …, value: { map: { column: ${column}, cases: … } } } }, with the map back in back; or recode ${column} in place, and rename it in a second plan`,
      at('to'),
    )
  if (Object.keys(cases).length === 0)
    refuse('PLAN_INVALID', 'there is no case', 'write each old value with its new one', at('cases'))
  const seen = new Map<Scalar, string>()
  for (const [old, value] of Object.entries(cases)) {
    const other = seen.get(String(value))
    if (other !== undefined)
      refuse(
        'PLAN_INVALID',
        `${other} and ${old} both become ${String(value)}, so nothing tells which of them to go back to`,
        'give each its own value; or write change_type with the map in using, and with the way back in back',
        at('cases', old),
      )
    seen.set(String(value), old)
  }
}
