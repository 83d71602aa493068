import type { Scalar, Value } from '../../../plan/value.ts'
import type { Expression } from '../../../program/column.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import type { Context } from '../context.ts'
import { prepared } from '../unparsed.ts'

/** The form that the values of a column get. `fields`: where the plan says so. */
export type NewForm = {
  readonly type: string
  readonly using: Value
  /** How the old value is made from the new one; null when the plan leaves that to the types. */
  readonly back: Value | null
  readonly unparsed: 'fail' | 'null' | 'default' | undefined
  /** Why the column is not changed where it stands, when it keeps its name. */
  readonly instead: string
  readonly fields: { readonly using: string; readonly back: string }
}

type Back = { readonly value: Expression; readonly warnings: readonly string[] }

/**
 * The old form from the new one. It is needed from the swap to the drop, and for going back. Where the plan leaves it to
 * the types, a value that the old type cannot hold must not make a statement fail: the old column is empty for it, or
 * holds a neutral value.
 */
export function backwards(
  context: Context,
  after: Table,
  from: Column,
  wish: NewForm,
  write: (value: Value) => Expression,
): Back {
  const { language } = context
  if (wish.back !== null) {
    const { value, warnings } = prepared(
      context,
      { value: wish.back, written: write(wish.back), table: after },
      {
        ...{ column: from.name, type: from.type, unparsed: wish.unparsed },
        ...{ required: from.notNull, unique: false, given: null },
      },
      [wish.fields.back],
    )
    return { value, warnings }
  }
  const value: Value = { cast: { column: from.name, to: from.type } }
  const written = write(value)
  const partial = language.partial(value, written, from.type, after) ?? cut(context, from, wish.type)
  if (partial === null || wish.unparsed === 'fail') return { value: written, warnings: [] }
  const otherwise = from.notNull ? language.neutral(from.type) : null
  const how = { plan: context.plan, column: from.name, otherwise }
  const ruled = ruling(after, from)
  const made =
    ruled !== undefined || (from.notNull && otherwise === null)
      ? null
      : language.total(value, written, from.type, after, how)
  if (made === null || 'refused' in made)
    return refuse(
      'PLAN_INVALID',
      `${from.name}: from the swap to the drop the old column is still kept, and ${partial}${ruled === undefined ? '' : `; ${ruled} may refuse whatever else is put there`}`,
      'write unparsed: fail, and a value that the old type cannot hold is refused until the drop; or say with back how the old value is made from the new one',
      context.at(wish.fields.back),
    )
  return {
    value: made.value,
    warnings: [
      `from the swap to the drop a value of ${from.name} that is no ${from.type} is ${otherwise === null ? 'empty' : otherwise} in the old column: plan rollback counts such rows first`,
    ],
  }
}

/** A rule of the old column that may refuse the value that stands for one that does not fit. */
const ruling = ({ constraints, indexes }: Table, { name, notNull }: Column): string | undefined =>
  constraints.find(
    ({ kind, columns, definition }) =>
      kind === 'check' && columns.includes(name) && (notNull || /\bNULL\b/i.test(definition)),
  )?.name ?? indexes.find(({ unique, columns }) => notNull && unique && columns.includes(name))?.name

/** A text may be too long for the old column. */
function cut({ language }: Context, from: Column, type: string): string | null {
  const most = language.characters(from.type)
  return most !== null && language.lengths(type).most > most
    ? `a text of more than ${most} characters does not fit into ${from.type}`
    : null
}

/** `steady`: the new column has it from expand on. `late`: it is another one each time, and comes with the drop. */
type NewDefault = { readonly steady: Expression | null; readonly late: string | null }

/** The column's default in the new form. */
export function newDefault(context: Context, table: Table, from: Column, wish: NewForm): NewDefault {
  const { language } = context
  const given = from.default
  if (given === null) return { steady: null, late: null }
  const alike = language.retyping(from.type, wish.type)?.alike ?? true
  if ('cast' in wish.using && alike)
    return language.steadyDefault(given)
      ? { steady: { sql: given.sql, reads: [], volatile: false }, late: null }
      : { steady: null, late: given.sql }
  const constant = language.constantOf(given.sql)
  const made = constant && convertedConstant(wish.using, constant.is)
  const written = made && language.expression({ literal: made.is }, table, wish.type, context.snapshot)
  if (written === null || 'refused' in written)
    return refuse(
      'PLAN_UNSUPPORTED',
      `${table.schema}.${table.name}.${from.name} has the default ${given.sql}, and it cannot be told what that is as ${wish.type}`,
      'drop the default before this plan (ALTER TABLE), and set the new one afterwards',
      context.at('column'),
    )
  return { steady: written, late: null }
}

type Constant = { readonly is: Scalar }

/** What the value gives for a constant; null when only the server could tell. */
function convertedConstant(using: Value, is: Scalar): Constant | null {
  if ('cast' in using || is === null) return { is }
  if (!('map' in using)) return null
  const { cases, else: other } = using.map
  const found = cases[String(is)]
  if (found !== undefined) return { is: found }
  if (typeof other === 'object') return { is: other.literal }
  return other === 'error' ? null : { is: other === 'keep' ? is : null }
}
