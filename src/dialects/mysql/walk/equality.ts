import { partsOf } from '../language/types.ts'

/** Types whose values are equal exactly when they are stored alike. */
const PLAIN =
  /^((tiny|small|medium|big)?int|decimal|float|double|bit|date|datetime|time|year|(var)?binary|(tiny|medium|long)?blob|uuid|inet[46])$/

/** Types whose text shows the whole value. MySQL always prints JSON in the same way. */
const TEXT = /^((var)?char|(tiny|medium|long)?text|enum|set)$/

/** The bytes of a text. CAST AS BINARY gives the same and takes up to four times as long, because it copies the value. */
const bytes = (text: string): string => `CONVERT(${text} USING binary)`

/**
 * Whether two values of one type are stored alike. In most collations 'a' equals 'A', and in MySQL's JSON 1 equals 1.0.
 * Never NULL. The trailing blanks that CHAR drops are not part of the value.
 */
export function sameImage(a: string, b: string, type: string): string {
  const { word } = partsOf(type)
  // Local times occur twice in one hour of autumn, and MySQL would take both for the same.
  if (word === 'timestamp') return `UNIX_TIMESTAMP(${a}) <=> UNIX_TIMESTAMP(${b})`
  if (PLAIN.test(word)) return `${a} <=> ${b}`
  const alike = `${bytes(a)} <=> ${bytes(b)}`
  // For an unknown type both must hold: texts may be equal and differ, and a FLOAT prints only six digits.
  return TEXT.test(word) || word === 'json' ? alike : `(${alike} AND ${a} <=> ${b})`
}

/** A value in a form that a session variable can hold, so that two are equal exactly when stored alike. */
export function imageOf(value: string, type: string): string {
  const { word } = partsOf(type)
  if (word === 'timestamp') return `UNIX_TIMESTAMP(${value})`
  // As text a FLOAT has only six digits.
  return word === 'float' ? `${value} + 0e0` : bytes(value)
}

/**
 * Whether `a`, the value of a column of this type, is what assigning the expression `b` would have stored. In text, case,
 * accents and trailing blanks count, and `b` may have another character set. Never NULL.
 */
export function same(a: string, b: string, type: string): string {
  const { word, size } = partsOf(type)
  const stored = storedAs(word, size)
  if (stored) return `${a} <=> CAST(${b} AS ${stored})`
  if (word === 'json') return `${json(a)} <=> ${json(b)}`
  if (!TEXT.test(word)) return sameImage(a, b, type)
  // An assignment to CHAR drops trailing blanks; with PAD_CHAR_TO_FULL_LENGTH reading adds some.
  const strip = (text: string) => (word === 'char' ? `TRIM(TRAILING ' ' FROM ${text})` : text)
  const text = (value: string) => bytes(strip(`CONVERT(${value} USING utf8mb4)`))
  return `${text(a)} <=> ${text(b)}`
}

/** MySQL stores JSON in its own order and spacing. MariaDB stores the text and always reads it the same way. */
const json = (value: string): string => bytes(`CAST(JSON_EXTRACT(${value}, '$') AS CHAR)`)

/**
 * The conversion that a value undergoes when it is stored. Compared without it, a FLOAT of 0.1 is not 0.1, a DATETIME has
 * lost its fraction, and a text and a BIGINT are compared as doubles of 53 bits.
 */
function storedAs(word: string, size: string): string | null {
  if (/^(tiny|small|medium|big)?int$/.test(word)) return 'DECIMAL(65,0)'
  if (/^(decimal|time|datetime)$/.test(word)) return `${word}${size}`.toUpperCase()
  if (word === 'timestamp') return `DATETIME${size}`
  return word === 'date' || word === 'float' ? word.toUpperCase() : null
}
