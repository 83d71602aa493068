import type { Value } from '../../plan/value.ts'
import type { Expression, Trial } from '../../program/column.ts'
import type { Table } from '../../schema/snapshot.ts'
import { refuse } from '../refuse.ts'
import type { Context } from './context.ts'

type Authored = { readonly value: Value; readonly written: Expression; readonly table: Table }

type Wish = {
  readonly column: string
  /** How people know the column, where `column` is a helper's name. */
  readonly called?: string
  readonly type: string
  readonly unparsed: 'fail' | 'null' | 'default' | undefined
  readonly required: boolean
  readonly unique: boolean
  /** The column's own default. */
  readonly given: Expression | null
}

/** A value as it will be computed, and what is tried of it before anything is changed. */
type Prepared = {
  readonly value: Expression
  readonly trials: readonly Trial[]
  readonly warnings: readonly string[]
}

/**
 * A value, with the plan's answer for rows where it cannot be computed. An application that writes such a row must not be
 * surprised, so a value that may fail is refused when the plan has no answer.
 */
export function prepared(
  context: Context,
  authored: Authored,
  wish: Wish,
  field: readonly string[],
): Prepared {
  const { value, written, table } = authored
  const { type, unparsed } = wish
  const column = calledOf(wish)
  const long = tooLong(context, authored, type)
  const never = neverFits(context, authored, type)
  if (never !== null)
    refuse(
      'PLAN_INVALID',
      `${column}: ${never}`,
      'give the column a type that can hold it, or write an expression that makes a shorter text',
      context.at(...field),
    )
  const partial = context.language.partial(value, written, type, table)
  if (partial !== null && unparsed === undefined)
    refuse(
      'PLAN_INVALID',
      `${column}: ${partial}, and so would a statement of the application that writes such a row`,
      'say in `unparsed` what happens to such a row: null (the column stays empty), default (it gets the default of the column, where the intent takes that), or fail (writes of it are refused as long as the plan runs); or write an expression that gives a value, or NULL, for every row',
      context.at(...field),
    )
  // An author who writes `unparsed` knows that the value may fail.
  const fails = partial !== null || long !== null || unparsed !== undefined
  if (!fails || unparsed === undefined || unparsed === 'fail')
    return {
      value: written,
      trials: telling(authored, wish, fails) ? [trialOf(authored, wish)] : [],
      warnings: long !== null && unparsed === undefined && !('sql' in value) ? [cutOff(column, long)] : [],
    }
  const made = insured(context, authored, wish, unparsed)
  const told = made.fails === undefined ? {} : { sql: made.value.sql, fails: made.fails }
  const trial = { ...trialOf(authored, wish), answered: true, ...told }
  return { value: made.value, trials: telling(authored, wish, fails) ? [trial] : [], warnings: [] }
}

const calledOf = ({ column, called = column }: Wish): string => called

/** Whether a trial tells anything. A value that differs each time, or is the same for all rows, cannot be tried ahead. */
const telling = (authored: Authored, { required, unique }: Wish, fails: boolean): boolean =>
  authored.written.reads.length > 0 &&
  !authored.written.volatile &&
  (fails || unique || (required && !full(authored)))

const trialOf = ({ written, table }: Authored, wish: Wish): Trial => ({
  ...{ column: calledOf(wish), type: wish.type, sql: written.sql },
  ...(table.collation && { collation: table.collation }),
  ...{ required: wish.required, unique: wish.unique, answered: false },
})

const cutOff = (column: string, long: string): string =>
  `${column}: ${long}: until contract, writes of such a row are refused, unless \`unparsed\` says otherwise; all rows are tried before anything is changed`

/** Why no value of the source type is short enough for the target type, as far as the types show. */
function neverFits({ language }: Context, { value, written, table }: Authored, type: string): string | null {
  const most = language.characters(type)
  const [name] = written.reads
  const own =
    'column' in value || 'cast' in value ? table.columns.find((one) => one.name === name) : undefined
  if (most === null || !own) return null
  const { least } = language.lengths(own.type)
  return least > most
    ? `each ${own.type} has at least ${least} characters, and ${type} can hold ${most}`
    : null
}

/** Why the value may be too long. The length of an author's own expression is unknown. */
export function tooLong(
  { language }: Context,
  { value, written, table }: Authored,
  type: string,
): string | null {
  const most = language.characters(type)
  if (most === null || written.reads.length === 0 || ('map' in value && value.map.else !== 'keep'))
    return null
  const between = 'concat' in value ? value.concat.separator.length * (value.concat.columns.length - 1) : 0
  const lengths = table.columns
    .filter(({ name }) => written.reads.includes(name))
    .map((one) => language.lengths(one.type).most)
  const sum = 'coalesce' in value ? Math.max(...lengths) : lengths.reduce((all, one) => all + one, between)
  return sum > most || 'sql' in value
    ? `a text of more than ${most} characters from ${written.reads.join(', ')} does not fit into ${type}`
    : null
}

/** Whether it has a value whenever its source columns have one, and those are never empty. */
function full({ value, written, table }: Authored): boolean {
  if ('coalesce' in value) return value.coalesce.some((one) => 'literal' in one && one.literal !== null)
  const total = ['column', 'lower', 'upper', 'trim', 'concat', 'cast'].some((kind) => kind in value)
  return (
    (total || ('split' in value && (value.split.part === 'first' || value.split.part === 1))) &&
    written.reads.every((name) => table.columns.find((one) => one.name === name)?.notNull)
  )
}

function insured(
  context: Context,
  { value, written, table }: Authored,
  wish: Wish,
  unparsed: 'null' | 'default',
): { readonly value: Expression; readonly fails?: string } {
  const { column, type, required, unique } = wish
  const no = (what: string, hint: string) =>
    refuse('PLAN_INVALID', `${calledOf(wish)} ${what}`, hint, context.at('unparsed'))
  const otherwise = unparsed === 'null' ? null : requireDefault(context, wish)
  if (otherwise === null && required)
    no(
      'is required, but with unparsed: null some rows would have no value',
      'write unparsed: default where the column has a default, or unparsed: fail; or let the column be empty',
    )
  if (otherwise !== null && unique)
    no(
      'is unique, but with unparsed: default several rows could get the same value',
      'write unparsed: null or unparsed: fail, or take unique out',
    )
  const made = context.language.total(value, written, type, table, { plan: context.plan, column, otherwise })
  if ('refused' in made) return refuse('PLAN_UNSUPPORTED', made.refused, made.hint, context.at('unparsed'))
  if (made.value.tried && context.sync === 'application')
    no(
      `cannot have unparsed: ${unparsed} with sync: application: it is done by a function that comes with the sync triggers`,
      'write unparsed: fail, or an expression that gives a value, or NULL, for every row',
    )
  return made
}

function requireDefault(context: Context, wish: Wish): string {
  const { given } = wish
  const column = calledOf(wish)
  if (given === null)
    return refuse(
      'PLAN_INVALID',
      `${column}: unparsed: default needs a default`,
      'add a default, or write unparsed: null',
      context.at('unparsed'),
    )
  if (given.volatile)
    refuse(
      'PLAN_INVALID',
      `${column}: unparsed: default needs a default that is the same each time`,
      'give a constant default, or write unparsed: null',
      context.at('default'),
    )
  return given.sql
}
