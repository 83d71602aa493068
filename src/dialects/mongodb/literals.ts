import type { Scalar } from '../../plan/value.ts'
import type { Refusal } from '../dialect.ts'
import type { Json } from './json.ts'

/** A constant of a plan as the type that its field should hold; of its own type where that is not known. */
export function typed(value: Scalar, bsonType: string | null): Json | Refusal {
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

const plain = (value: Exclude<Scalar, null>): Json => (typeof value === 'number' ? number(value) : value)

const isInt = (value: Scalar): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31

/** What is no small whole number is said in so many words: plain, it would be read as whatever it looks like. */
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
