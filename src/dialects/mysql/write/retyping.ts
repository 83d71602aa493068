import type { Language } from '../../interface/language.ts'
import { literal } from '../language/quote.ts'
import { partsOf } from '../language/types.ts'

/** Types whose values have the same operators: what is written for one of them can be said of the others. */
const FAMILIES: readonly RegExp[] = [
  /int$|^(decimal|float|double)$/,
  /^((var)?char|(tiny|medium|long)?text)$/,
]

/** With its words, for types that consist of words, and with a character set that it names. */
const spelled = (type: string): string => {
  const { word, size, unsigned } = partsOf(type)
  const more = /^(enum|set)$/.test(word) || NAMES_SET.test(type) ? type.trim() : ''
  return [word, size, unsigned, more].join(' ')
}

const NAMES_SET = /\b(character set|charset|collate)\b/i

export const retyping: Language['retyping'] = (from, to) =>
  spelled(from) === spelled(to) ? null : { alike: alike(from, to) }

function alike(from: string, to: string): boolean {
  const [one, other] = [partsOf(from).word, partsOf(to).word]
  return one === other || FAMILIES.some((family) => family.test(one) && family.test(other))
}

export const uncarried: Language['uncarried'] = ({ definition, plain }, from, to) => {
  if (alike(from, to)) return null
  if (!plain) return `it is made for a ${from}`
  return /^(FULLTEXT|SPATIAL)\b/i.test(definition) ? `it is made for a ${from}` : null
}

export const collates: Language['collates'] = (type) =>
  FAMILIES[1]?.test(partsOf(type).word) === true && !NAMES_SET.test(type)

/** A neutral value: for rows of a required column for which nobody gives one. */
export function neutral(type: string, mariadb: boolean): string | null {
  const [first] = /'(?:[^']|'')*'/.exec(type) ?? []
  const known: readonly (readonly [RegExp, string])[] = [
    [/^enum/i, first ?? literal('')],
    [/^((tiny|medium|long)?(text|blob))/i, mariadb ? "''" : "(concat('', ''))"],
    [/^json/i, mariadb ? "'null'" : '(json_array())'],
    [/^date\b/i, "'1970-01-02'"],
    [/^(datetime|timestamp)/i, "'1970-01-02 00:00:00'"],
    [/^time/i, "'00:00:00'"],
    [/^uuid/i, "'00000000-0000-0000-0000-000000000000'"],
    [/^inet4/i, "'0.0.0.0'"],
    [/^inet6/i, "'::'"],
    [/^bit/i, "b'0'"],
    [/^((tiny|small|medium|big)?int|decimal|numeric|float|double|year)/i, '0'],
    [/^((var)?(char|binary)|set)/i, "''"],
  ]
  return known.find(([pattern]) => pattern.test(type))?.[1] ?? null
}

/** As the catalogue prints them: `'a'`, `0`, `NULL`. */
export function constantOf(given: string): ReturnType<Language['constantOf']> {
  if (/^NULL$/i.test(given)) return { is: null }
  if (/^'(?:[^'\\]|'')*'$/.test(given)) return { is: given.slice(1, -1).replaceAll("''", "'") }
  return /^-?\d+(\.\d+)?$/.test(given) ? { is: given } : null
}

/** The most bytes that a character has in these character sets; four in any other. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/^(latin\d|ascii|binary|cp\d+|koi8|hebrew|greek)/, 1],
  [/^(utf8mb3|utf8)(_|$)/, 3],
]

/** From 256 bytes on a text needs two bytes for its length, so all rows would be written anew. */
const LENGTH_BYTE = 255

const wordsOf = (type: string): readonly string[] => type.match(/'(?:[^']|'')*'/g) ?? []

/** Measured on MySQL 9.7 and MariaDB 10.11: longer texts with as many bytes for their length, and words at the end. */
function stores(from: string, to: string, collation: string): boolean {
  const [one, other] = [partsOf(from), partsOf(to)]
  if (one.word !== other.word || NAMES_SET.test(to)) return false
  if (one.word === 'enum') {
    const [own, all] = [wordsOf(from), wordsOf(to)]
    return all.length <= LENGTH_BYTE && all.length > own.length && own.every((word, at) => word === all[at])
  }
  if (one.word !== 'varchar') return false
  const width = WIDTHS.find(([set]) => set.test(collation))?.[1] ?? 4
  const bytes = ({ size }: typeof one) => Number(size.replace(/[()]/g, '')) * width
  return bytes(other) > bytes(one) && bytes(one) > LENGTH_BYTE === bytes(other) > LENGTH_BYTE
}

/** The rest of the definition is repeated as the catalogue prints it. */
export const inCatalogue: Language['inCatalogue'] = (table, column, to) => {
  const on = (thing: { readonly columns: readonly string[] }) => thing.columns.includes(column.name)
  const bound = [
    ...table.dependents.filter(({ kind }) => kind === 'generated column'),
    ...table.constraints.filter(({ kind }) => kind === 'check'),
    ...table.foreignKeys.map(({ from }) => from),
    ...table.referencedBy.map((key) => key.to),
    ...table.indexes.filter(({ key, method = 'btree' }) => key === null || method !== 'btree'),
  ].some(on)
  const text = column.definition
  const plain =
    table.kind === 'table' && column.generated === null && table.partitionedBy?.includes(column.name) !== true
  if (!plain || bound || text === undefined || !text.startsWith(column.type)) return null
  const collation = column.collation ?? table.collation ?? ''
  return stores(column.type, to, collation) ? { definition: `${to}${text.slice(column.type.length)}` } : null
}
