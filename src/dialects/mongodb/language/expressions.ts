import type { Constant, Value } from '../../../plan/value.ts'
import type { Expression } from '../../../program/column.ts'
import type { Field } from '../../../program/document-action.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { and, bind, cond, type Expr, eq, isNull, isText, literal, ne, or } from './aggregate.ts'
import { authored } from './authored.ts'
import { typed } from './literals.ts'
import { bsonType as knownType } from './names.ts'
import { read } from './paths.ts'

/** The server converts from any of these types into any other of them. */
const CASTS = ['string', 'bool', 'int', 'long', 'double', 'decimal', 'date', 'objectId']

/**
 * A plan's value as an expression over a subdocument of the container. For any document it gives a value or null, never
 * an error. A value of the wrong type, or one that cannot be converted, gives null.
 */
export function expression(value: Value, container: Field, bsonType: string | null): Expression | Refusal {
  if ('sql' in value)
    return {
      refused: 'this database knows no SQL',
      hint: 'write { pipeline: … } with an aggregation expression',
    }
  if ('uuid' in value)
    return {
      refused: 'the server has no expression for a random UUID',
      hint: 'let the application give it with every insert, and fill the documents before with a script',
    }
  if ('now' in value) return { sql: JSON.stringify('$$NOW'), reads: [], volatile: true }
  if ('module' in value)
    return {
      refused: 'a module is not built yet for documents',
      hint: 'use { pipeline: … }, or let the application write the field (sync: application)',
    }
  if ('coalesce' in value) return firstOf(value.coalesce, container, bsonType)
  if ('pipeline' in value) return authored(value.pipeline, container)
  const fields = fieldsOf(value)
  if (fields === null)
    return { refused: 'this kind of value is not known here', hint: 'use { pipeline: … } instead' }
  const written = portable(value, (field) => read(container, field), bsonType)
  return isRefusal(written)
    ? written
    : { sql: JSON.stringify(written), reads: [...new Set(fields)], volatile: false }
}

/** The first value that is there and not null. */
function firstOf(values: readonly Value[], container: Field, bsonType: string | null): Expression | Refusal {
  const parts: Expression[] = []
  for (const value of values) {
    const part = expression(value, container, bsonType)
    if ('refused' in part) return part
    parts.push(part)
  }
  const first = parts
    .map(({ sql }): Expr => JSON.parse(sql))
    .reduceRight<Expr>((rest, part) => ({ $ifNull: [part, rest] }), null)
  return {
    sql: JSON.stringify(first),
    reads: [...new Set(parts.flatMap(({ reads }) => reads))],
    volatile: parts.some(({ volatile }) => volatile),
  }
}

type Portable = Exclude<
  Value,
  | { sql: string }
  | { uuid: true }
  | { now: true }
  | { coalesce: unknown }
  | { pipeline: unknown }
  | { module: unknown }
>
type Place = (field: Field) => string

/** The fields it reads; null for an unknown kind. */
function fieldsOf(value: Portable): readonly Field[] | null {
  if ('literal' in value) return []
  if ('column' in value) return [value.column]
  if ('concat' in value) return value.concat.columns
  for (const kind of ['split', 'map', 'cast', 'lower', 'upper', 'trim'] as const)
    if (kind in value) return [(value as Record<typeof kind, { column: string }>)[kind].column]
  return null
}

function portable(value: Portable, at: Place, bsonType: string | null): Expr | Refusal {
  if ('column' in value) return at(value.column)
  if ('literal' in value) return constant(value.literal, bsonType)
  if ('lower' in value) return ofText(at(value.lower.column), (text) => ({ $toLower: text }))
  if ('upper' in value) return ofText(at(value.upper.column), (text) => ({ $toUpper: text }))
  if ('trim' in value)
    return ofText(at(value.trim.column), (text) => ({ $trim: { input: text, chars: ' ' } }))
  if ('split' in value) return split(value.split, at)
  if ('concat' in value) return concat(value.concat, at)
  if ('cast' in value) return cast(value.cast, at)
  return mapping(value.map, at, bsonType)
}

const isRefusal = (value: Expr | Refusal): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value

const ofText = (at: string, make: (text: string) => Expr): Expr => cond(isText(at), make(at), null)

const constant = (value: Constant, bsonType: string | null): Expr | Refusal => {
  const written = typed(value, bsonType)
  return isRefusal(written) ? written : literal(written)
}

/** Without the separator, `first` and part 1 give the whole text, and every other part gives null. */
function split({ column, separator, part }: Extract<Value, { split: unknown }>['split'], at: Place): Expr {
  const by = literal(separator)
  const parts = (text: string) => ({ $split: [text, by] })
  const part1 = (text: string) => ({ $arrayElemAt: [parts(text), 0] })
  return ofText(at(column), (text) => {
    if (part === 'first' || part === 1) return part1(text)
    if (part === 'rest')
      return bind(
        { found: { $indexOfCP: [text, by] } },
        cond({ $gte: ['$$found', 0] }, after(text, '$$found', [...separator].length), null),
      )
    if (part === 'last')
      return bind(
        { parts: parts(text) },
        cond({ $gt: [{ $size: '$$parts' }, 1] }, { $arrayElemAt: ['$$parts', -1] }, null),
      )
    return bind(
      { part: { $ifNull: [{ $arrayElemAt: [parts(text), part - 1] }, ''] } },
      cond(eq('$$part', ''), null, '$$part'),
    )
  })
}

const after = (text: string, found: string, length: number): Expr => ({
  $substrCP: [text, { $add: [found, length] }, { $strLenCP: text }],
})

const asText = (at: Expr): Expr => ({ $convert: { input: at, to: 'string', onError: null, onNull: null } })

/** Empty parts are skipped. A part that cannot become a text makes the result null; otherwise it would be lost. */
function concat({ columns, separator }: Extract<Value, { concat: unknown }>['concat'], at: Place): Expr {
  const fields = columns.map(at)
  const unfit = or(
    ...fields.map((field) => and(ne({ $ifNull: [field, null] }, null), eq(asText(field), null))),
  )
  const filled = {
    $filter: { input: fields.map(asText), as: 'one', cond: ne('$$one', null) },
  }
  // DocumentDB's $reduce gives null for a list that begins with null. So each piece brings its separator, and the first
  // one is removed.
  const joined = {
    $reduce: {
      input: '$$filled',
      initialValue: '',
      in: { $concat: ['$$value', literal(separator), '$$this'] },
    },
  }
  const [gone, length] = [[...separator].length, { $strLenCP: '$$joined' }]
  const text = bind({ joined }, { $substrCP: ['$$joined', gone, length] })
  return cond(unfit, null, bind({ filled }, cond(eq('$$filled', []), null, text)))
}

/** `else: error` gives null, which counts as not convertible. An error could not name the document. */
function mapping(
  { column, cases, else: other }: Extract<Value, { map: unknown }>['map'],
  at: Place,
  bsonType: string | null,
): Expr | Refusal {
  const field = at(column)
  const branches: Expr[] = []
  for (const [from, to] of Object.entries(cases)) {
    const then = constant(to, bsonType)
    if (isRefusal(then)) return then
    branches.push(branch(eq(asText(field), literal(from)), then))
  }
  const last =
    other === 'error' || other === 'null'
      ? null
      : other === 'keep'
        ? field
        : constant(other.literal, bsonType)
  if (isRefusal(last)) return last
  return cond(isNull(field), null, branches.length === 0 ? last : { $switch: { branches, default: last } })
}

function cast({ column, to }: Extract<Value, { cast: unknown }>['cast'], at: Place): Expr | Refusal {
  const type = knownType(to)
  if (isRefusal(type)) return type
  if (!CASTS.includes(type))
    return {
      refused: `the server converts nothing into ${type}`,
      hint: `one of ${CASTS.join(', ')}; or write { pipeline: … } with an aggregation expression`,
    }
  const field = at(column)
  const converted = { $convert: { input: field, to: type, onError: null, onNull: null } }
  if (type === 'bool') return cond(isText(field), truth(field), converted)
  return type === 'int' || type === 'long' ? cond(isFraction(field), null, converted) : converted
}

const branch = (test: Expr, then: Expr): Expr => ({ case: test, then })

/** For the server every text is true, even `false`. */
const truth = (field: string): Expr => ({
  $switch: {
    branches: [
      branch({ $in: [{ $toLower: field }, ['true', 't', 'yes', 'y', 'on', '1']] }, true),
      branch({ $in: [{ $toLower: field }, ['false', 'f', 'no', 'n', 'off', '0']] }, false),
    ],
    default: null,
  },
})

/** The server would silently cut off what follows the point. */
const isFraction = (field: string): Expr =>
  cond({ $in: [{ $type: field }, ['double', 'decimal']] }, ne({ $trunc: [field, 0] }, field), false)
