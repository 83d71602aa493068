import { z } from 'zod'
import type { IndexWish } from '../../../dialects/interface/index-language.ts'
import { name, said, text, words } from '../../../plan/grammar.ts'
import type { Expression } from '../../../program/column.ts'
import { qualified, requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'
import { type Outline, outlineOf } from '../outline.ts'
import { builtIndex } from '../parts/new-index.ts'
import { requireIndexable, requireOrdinary, requireWhole } from '../preconditions.ts'
import { columnList, tableName } from '../shapes.ts'

const shape = z
  .strictObject({
    table: tableName,
    columns: columnList.optional().describe('The columns in their order.'),
    expression: text.optional().describe('PostgreSQL: an expression over the row, in the place of columns.'),
    name: name
      .optional()
      .describe('The name of the index; the one that the server would choose when left out.'),
    unique: z.boolean().default(false).describe('No two rows may share a value.'),
    where: text.optional().describe('PostgreSQL: only rows that meet this condition are in the index.'),
    method: z
      .string()
      .regex(/^[a-z_][a-z0-9_]*$/)
      .register(words, { expects: 'the kind of an index, such as btree or gin' })
      .optional()
      .describe('The kind of index: btree when left out; on PostgreSQL gin, gist, brin, hash and the like.'),
    include: columnList.optional().describe('PostgreSQL: columns that are stored with the key.'),
  })
  .superRefine(({ columns, expression }, context) => {
    if ((columns === undefined) !== (expression === undefined)) return
    const found = columns ? 'found both' : 'found none'
    context.addIssue({
      code: 'custom',
      message: said(`expected either columns or expression, ${found}`, 'write columns: [email]'),
    })
  })
  .describe('Build an index on a table beside running writes.')

type AddIndex = z.output<typeof shape>

/** Builds an index while everybody writes. Rows that share a value of a unique one are found before. */
export const addIndex = defineIntent({ kind: 'add_index', shape, outline: outlineFor })

function outlineFor(wish: AddIndex, context: Context): Outline {
  const { at, language, snapshot } = context
  const table = requireTable(snapshot, wish.table, at('table'))
  requireOrdinary(context, table, at('table'))
  requireWhole(table, at('table'))
  const { columns = [], include = [], expression = null, where = null, method = null, unique } = wish
  for (const [field, all] of [['columns', columns] as const, ['include', include] as const])
    for (const [n, column] of all.entries()) requireColumn(table, column, at(field, n))
  const asked = { columns, include, unique, method }
  const problem = language.indexes.refusal(table, { ...asked, expression, where })
  if (problem)
    refuse('PLAN_UNSUPPORTED', `${qualified(table)}: ${problem.refused}`, problem.hint, at(fieldOf(wish)))
  if (method === null || method === 'btree')
    for (const [n, column] of columns.entries())
      requireIndexable(context, requireColumn(table, column).type, at('columns', n))
  const read = (sql: string | null, field: 'expression' | 'where') =>
    sql === null ? null : steady(context, table, sql, field)
  const made = { ...asked, expression: read(expression, 'expression'), where: read(where, 'where') }
  if (wish.name !== undefined) requireIndexName(context, table, wish.name)
  const index = wish.name ?? language.indexes.nameFor(table, made, snapshot)
  const on = [...new Set([...columns, ...include, ...readsOf(made)])]
  const distinct = { keys: keysOf(context, made), where: made.where?.sql ?? null }
  return outlineOf(
    refOf(table),
    { watch: on, uses: on, warnings: unique ? [refusesLater(table, index)] : [] },
    builtIndex(context, table, index, made, { constraint: false, ...(unique && { distinct }) }),
  )
}

const readsOf = ({ expression, where }: IndexWish): readonly string[] =>
  [expression, where].flatMap((one) => one?.reads ?? [])

const keysOf = ({ language }: Context, { columns, expression }: IndexWish): readonly string[] =>
  expression === null ? columns.map(language.quote) : [`(${expression.sql})`]

/** The field that most likely asks for what a server has not. */
const fieldOf = ({ where, include, expression, method }: AddIndex): string =>
  Object.entries({ where, include, expression, method }).find(([, value]) => value !== undefined)?.[0] ??
  'columns'

/** An expression of an index must give the same for the same row, always. */
function steady(context: Context, table: Table, sql: string, field: 'expression' | 'where'): Expression {
  const at = context.at(field)
  const found = context.language.condition(sql, table, context.snapshot)
  if ('refused' in found) return refuse('PLAN_EXPRESSION', found.refused, found.hint, at)
  if (found.volatile || found.moving)
    refuse(
      'PLAN_EXPRESSION',
      `${field}: it does not always give the same for the same row, so the server keeps it in no index`,
      'write it from the columns of the row alone',
      at,
    )
  return found
}

export function requireIndexName(
  { language, snapshot, at }: Context,
  table: Table,
  index: string,
  field = 'name',
): void {
  const problem = language.nameProblem(index)
  if (problem) refuse('PLAN_INVALID', `${index}: ${problem}`, 'choose another name', at(field))
  const taken = language.indexes.taken(table, index, snapshot)
  if (taken !== null)
    refuse('PLAN_INVALID', `the name ${index} is taken, by ${taken}`, 'choose another name', at(field))
}

/** What writers meet from then on. */
export const refusesLater = ({ name: table }: Table, index: string): string =>
  `from enforce on, a statement that would give two rows of ${table} the same value is refused by ${index}: a version that handles that should be deployed before`
