import { partsOf } from './types.ts'

/** Types in which two values are equal exactly when they are stored alike. */
const PLAIN =
  /^((tiny|small|medium|big)?int|decimal|float|double|bit|date|datetime|time|year|(var)?binary|(tiny|medium|long)?blob|uuid|inet[46])$/

/** Types whose text says all there is to say; MySQL prints JSON always in the same way. */
const TEXT = /^((var)?char|(tiny|medium|long)?text|enum|set)$/

/** The bytes of a text. CAST AS BINARY says the same and takes up to four times as long, for it copies the value. */
const bytes = (text: string): string => `CONVERT(${text} USING binary)`

/**
 * Whether two values of one type are stored alike: in most collations 'a' equals 'A', in MySQL's JSON 1 equals 1.0. Never
 * NULL. What CHAR drops, the blanks at its end, is no part of the value.
 */
export function sameImage(a: string, b: string, type: string): string {
  const { word } = partsOf(type)
  // By their local times MySQL would take the two hours for one that a clock goes through twice in autumn.
  if (word === 'timestamp') return `UNIX_TIMESTAMP(${a}) <=> UNIX_TIMESTAMP(${b})`
  if (PLAIN.test(word)) return `${a} <=> ${b}`
  const alike = `${bytes(a)} <=> ${bytes(b)}`
  // Of a type that is not known both count: a text may be equal and differ, a FLOAT prints only six digits.
  return TEXT.test(word) || word === 'json' ? alike : `(${alike} AND ${a} <=> ${b})`
}

/** A value as a variable of the session can hold it, so that two of them are equal exactly when they are stored alike. */
export function imageOf(value: string, type: string): string {
  const { word } = partsOf(type)
  if (word === 'timestamp') return `UNIX_TIMESTAMP(${value})`
  // As text it has six digits.
  return word === 'float' ? `${value} + 0e0` : bytes(value)
}

/**
 * Whether `a`, the value of a column of this type, is what an assignment of the expression `b` would have left there. In
 * text, case, accents and trailing blanks count, and `b` may come in another character set. Never NULL.
 */
export function same(a: string, b: string, type: string): string {
  const { word, size } = partsOf(type)
  const stored = storedAs(word, size)
  if (stored) return `${a} <=> CAST(${b} AS ${stored})`
  if (word === 'json') return `${json(a)} <=> ${json(b)}`
  if (!TEXT.test(word)) return sameImage(a, b, type)
  // An assignment to CHAR drops them, and with PAD_CHAR_TO_FULL_LENGTH the column reads with more of them.
  const strip = (text: string) => (word === 'char' ? `TRIM(TRAILING ' ' FROM ${text})` : text)
  const text = (value: string) => bytes(strip(`CONVERT(${value} USING utf8mb4)`))
  return `${text(a)} <=> ${text(b)}`
}

/** MySQL stores JSON in its own order and spacing; MariaDB stores the text, and reads it the same way twice. */
const json = (value: string): string => bytes(`CAST(JSON_EXTRACT(${value}, '$') AS CHAR)`)

/**
 * What a value goes through on its way into a column. Compared as they are, a FLOAT of 0.1 is not 0.1, a DATETIME has lost
 * its fraction, and a text is compared with a BIGINT as two doubles of 53 bits.
 */
function storedAs(word: string, size: string): string | null {
  if (/^(tiny|small|medium|big)?int$/.test(word)) return 'DECIMAL(65,0)'
  if (/^(decimal|time|datetime)$/.test(word)) return `${word}${size}`.toUpperCase()
  if (word === 'timestamp') return `DATETIME${size}`
  return word === 'date' || word === 'float' ? word.toUpperCase() : null
}
