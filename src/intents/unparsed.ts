import type { Value } from '../plan/value.ts'
import type { Expression, Trial } from '../program/column.ts'
import type { Table } from '../schema/snapshot.ts'
import { type Context, refuse } from './outline.ts'

type Authored = { readonly value: Value; readonly written: Expression; readonly table: Table }

type Wish = {
  readonly column: string
  readonly type: string
  readonly unparsed: 'fail' | 'null' | 'default' | undefined
  readonly required: boolean
  readonly unique: boolean
  /** The column's own default. */
  readonly given: Expression | null
}

/** A value as it is made, and what is tried of it before anything is changed. */
type Prepared = {
  readonly value: Expression
  readonly trials: readonly Trial[]
  readonly warnings: readonly string[]
}

/**
 * A value of which the plan says what becomes of rows that give none. Whoever writes such a row must not be the one who finds
 * out, so a value that may fail is refused where the plan does not say it.
 */
export function prepared(
  context: Context,
  authored: Authored,
  wish: Wish,
  field: readonly string[],
): Prepared {
  const { value, written, table } = authored
  const { column, type, unparsed } = wish
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
      `${column}: ${partial}, and so would the statement of whoever writes such a row`,
      'say in `unparsed` what becomes of such a row: null (the column stays empty), default (of add_column: it gets the default), or fail (whoever writes it is refused as long as the plan runs); or write an expression that gives a value, or NULL, for every row',
      context.at(...field),
    )
  // Its author knows best.
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

/** What is another one each time, or the same for all, cannot be seen ahead. */
const telling = (authored: Authored, { required, unique }: Wish, fails: boolean): boolean =>
  authored.written.reads.length > 0 &&
  !authored.written.volatile &&
  (fails || unique || (required && !full(authored)))

const trialOf = ({ written, table }: Authored, { column, type, required, unique }: Wish): Trial => ({
  ...{ column, type, sql: written.sql },
  ...(table.collation && { collation: table.collation }),
  ...{ required, unique, answered: false },
})

const cutOff = (column: string, long: string): string =>
  `${column}: ${long}: until contract whoever writes such a row is refused, unless \`unparsed\` says otherwise; all rows are tried before anything is changed`

/** What the types alone show: no value of the one is as short as the other one wants it. */
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

/** How long an author's own text makes it is not known. */
function tooLong({ language }: Context, { value, written, table }: Authored, type: string): string | null {
  const most = language.characters(type)
  if (most === null || written.reads.length === 0 || ('map' in value && value.map.else !== 'keep'))
    return null
  const between = 'concat' in value ? value.concat.separator.length * (value.concat.columns.length - 1) : 0
  const lengths = table.columns
    .filter(({ name }) => written.reads.includes(name))
    .map((one) => language.lengths(one.type).most)
  const sum = lengths.reduce((all, one) => all + one, between)
  return sum > most || 'sql' in value
    ? `a text of more than ${most} characters from ${written.reads.join(', ')} does not fit into ${type}`
    : null
}

/** Whether it has a value wherever the columns have one that it comes from, and they always do. */
function full({ value, written, table }: Authored): boolean {
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
    refuse('PLAN_INVALID', `${column} ${what}`, hint, context.at('unparsed'))
  const otherwise = unparsed === 'null' ? null : requireDefault(context, wish)
  if (otherwise === null && required)
    no(
      'is required, but with unparsed: null some rows would have no value',
      'write unparsed: default with a default (of add_column), or unparsed: fail; or let the column be empty',
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

function requireDefault(context: Context, { column, given }: Wish): string {
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
