import type { Constant, Scalar } from '../../../plan/value.ts'
import { isScalar } from '../../constants.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { isDoc, isInt, type Json, mapped } from './json.ts'
import { isTyped } from './typed.ts'

/** A constant of a plan in the type that its field should hold; in its own type when that is unknown. */
export function typed(value: Constant, bsonType: string | null): Json | Refusal {
  if (!isScalar(value)) return composed(value, bsonType)
  if (value === null) return null
  if (bsonType === null || bsonType === 'number') return plain(value)
  const written = OF[bsonType]?.(value) ?? null
  return (
    written ?? {
      refused: `${bsonType} cannot hold ${typeof value === 'string' ? 'this text' : String(value)}`,
      hint: `write a constant that is a ${bsonType}, or say another bson_type`,
    }
  )
}

/** The types that Extended JSON can name, as a plan may write them. */
const NAMED: Readonly<Record<string, string>> = {
  $oid: 'objectId',
  $date: 'date',
  $numberInt: 'int',
  $numberLong: 'long',
  $numberDouble: 'double',
  $numberDecimal: 'decimal',
  $binary: 'binData',
  $uuid: 'binData',
  $regularExpression: 'regex',
  $timestamp: 'timestamp',
}

function composed(value: Exclude<Constant, Scalar>, bsonType: string | null): Json | Refusal {
  const type = isDoc(value) && isTyped(value) ? (NAMED[Object.keys(value)[0] ?? ''] ?? '') : kindOf(value)
  if (bsonType !== null && bsonType !== type && !(bsonType === 'number' && NUMBERS.includes(type)))
    return {
      refused: `${bsonType} cannot hold this constant, which is of type ${type}`,
      hint: `write a constant that is a ${bsonType}, or say another bson_type`,
    }
  const name = nameInTheWay(value)
  return name === null
    ? inside(value)
    : {
        refused: `a field within a constant cannot be called ${JSON.stringify(name)}`,
        hint: 'a name is not empty, has no point in it and does not begin with $; computed values are written as { pipeline: … }',
      }
}

const NUMBERS = ['int', 'long', 'double', 'decimal']

const kindOf = (value: Exclude<Constant, Scalar>): string => (Array.isArray(value) ? 'array' : 'object')

/** A name that paths cannot reach, or that the server takes for an operator. */
function nameInTheWay(value: Json): string | null {
  if (Array.isArray(value)) return firstOf(value, nameInTheWay)
  if (!isDoc(value) || isTyped(value)) return null
  const bad = Object.keys(value).find((name) => name === '' || name.startsWith('$') || name.includes('.'))
  return bad ?? firstOf(Object.values(value), nameInTheWay)
}

function firstOf<T>(all: readonly Json[], find: (one: Json) => T | null): T | null {
  for (const one of all) {
    const found = find(one)
    if (found !== null) return found
  }
  return null
}

function inside(value: Json): Json {
  if (Array.isArray(value)) return value.map(inside)
  if (isDoc(value)) return isTyped(value) ? value : mapped(value, (name, one) => [name, inside(one)])
  return typeof value === 'number' ? number(value) : value
}

const plain = (value: Exclude<Scalar, null>): Json => (typeof value === 'number' ? number(value) : value)

/** Numbers other than small whole ones are written with their type; plain, they would be read as what they look like. */
const number = (value: number): Json =>
  isInt(value)
    ? value
    : Number.isSafeInteger(value)
      ? { $numberLong: String(value) }
      : { $numberDouble: String(value) }

/** null: the type cannot hold it. */
const OF: Readonly<Record<string, (value: Exclude<Scalar, null>) => Json>> = {
  string: (value) => (typeof value === 'string' ? value : null),
  bool: (value) => (typeof value === 'boolean' ? value : null),
  int: (value) => (isInt(value) ? value : null),
  long: (value) =>
    Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{1,18}$/.test(value))
      ? { $numberLong: String(value) }
      : null,
  double: (value) => (typeof value === 'number' ? { $numberDouble: pointed(value) } : null),
  decimal: (value) =>
    typeof value === 'number' || (typeof value === 'string' && /^-?\d{1,30}(\.\d{1,30})?$/.test(value))
      ? { $numberDecimal: String(value) }
      : null,
  date: (value) => moment(value),
  objectId: (value) => (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value) ? { $oid: value } : null),
}

const pointed = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))

function moment(value: Scalar): Json {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value)) return null
  const at = Date.parse(value.length === 10 ? `${value}T00:00:00Z` : value)
  return Number.isNaN(at) ? null : { $date: { $numberLong: String(at) } }
}
