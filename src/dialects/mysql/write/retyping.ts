import type { Column, Table } from '../../../schema/snapshot.ts'
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
const width = (collation: string): number => WIDTHS.find(([set]) => set.test(collation))?.[1] ?? 4

/** From 256 bytes on a text needs two bytes for its length. A list of words needs two from 256 words on. */
const ONE_BYTE = 255

const wordsOf = (type: string): readonly string[] => type.match(/'(?:[^']|'')*'/g) ?? []

/** How many bytes a value of a set has, by the number of its words. */
const setBytes = (words: number): number => (words > 32 ? 8 : Math.ceil(words / 8))

/** A change of type for which the server rewrites no row; or why it would. */
type Fact = { readonly kept: boolean; readonly says: string }

const kept = (says: string): Fact => ({ kept: true, says })
const lost = (says: string): Fact => ({ kept: false, says })

/**
 * Sources: "Online DDL Operations" of MySQL 8.0 and "InnoDB Online DDL Operations with the INSTANT Alter Algorithm" of
 * MariaDB 10.4. Measured by `test/dialects/mysql/type-changes.test.ts`: MySQL takes longer texts INPLACE without a rebuild,
 * MariaDB INSTANT; longer bytes both take without a rebuild; both take words at the end INSTANT; what is `lost` here both copy.
 */
export function unchanged(from: string, to: string, collation: string): Fact {
  const [one, other] = [partsOf(from), partsOf(to)]
  const copies = `for ${from} to become ${to} the server would copy the table while writes wait`
  if (one.word !== other.word) return lost(copies)
  if (/^(enum|set)$/.test(one.word)) return words(one.word, from, to) ?? lost(copies)
  if (!/^var(char|binary)$/.test(one.word)) return lost(copies)
  const bytes = ({ size, word }: typeof one) =>
    Number(size.replace(/[()]/g, '')) * (word === 'varbinary' ? 1 : width(collation))
  if (bytes(other) < bytes(one)) return lost(copies)
  return bytes(one) > ONE_BYTE === bytes(other) > ONE_BYTE
    ? kept(
        `the new limit is larger, and the length of a text still takes ${bytes(one) > ONE_BYTE ? 'two bytes' : 'one byte'}`,
      )
    : lost(
        `with more than ${ONE_BYTE} bytes the length of a text takes two bytes and not one, so the server would copy the table while writes wait`,
      )
}

function words(word: string, from: string, to: string): Fact | null {
  const [own, all] = [wordsOf(from), wordsOf(to)]
  if (!own.every((one, at) => one === all[at])) {
    return lost(
      `a row holds the place of its word in the list, and places change: the server would copy the table while writes wait`,
    )
  }
  const same =
    word === 'set'
      ? setBytes(own.length) === setBytes(all.length)
      : own.length > ONE_BYTE === all.length > ONE_BYTE
  return same
    ? kept('a row holds the place of its word in the list, and the new words come after all others')
    : lost(
        'with so many words a value takes more bytes, so the server would copy the table while writes wait',
      )
}

/** What else the server would do for the column's sake; null for nothing. */
function inTheWay(table: Table, column: Column): string | null {
  const on = (thing: { readonly columns: readonly string[] }) => thing.columns.includes(column.name)
  const bound = [
    ...table.dependents.filter(({ kind }) => kind === 'generated column'),
    ...table.constraints.filter(({ kind }) => kind === 'check'),
    ...table.foreignKeys.filter(({ from }) => on(from)).map(({ name }) => ({ name, columns: [column.name] })),
    ...table.referencedBy.filter(({ to }) => on(to)).map(({ name }) => ({ name, columns: [column.name] })),
    ...table.indexes.filter(({ key, method = 'btree' }) => key === null || method !== 'btree'),
  ].find(on)
  if (bound) return `${bound.name} needs the column`
  const plain =
    table.kind === 'table' && column.generated === null && table.partitionedBy?.includes(column.name) !== true
  return plain ? null : 'the column is not a plain one'
}

export const asStored: Language['asStored'] = (value, { name }) =>
  ('column' in value && value.column === name) || ('cast' in value && value.cast.column === name)

/** The rest of the definition is repeated as the catalogue prints it. */
export const wordList: Language['wordList'] = (type) => {
  const { word } = partsOf(type)
  if (!/^(enum|set)$/.test(word)) return null
  return {
    words: wordsOf(type).map((one) => one.slice(1, -1).replaceAll("''", "'")),
    several: word === 'set',
    shared: null,
    of: (words) => `${word}(${words.map(literal).join(',')})`,
  }
}

/** The character set that a type names, by itself or by its collation. */
const setOf = (type: string): string | undefined =>
  /\b(?:character set|charset)\s+(\w+)/i.exec(type)?.[1] ?? /\bcollate\s+(\w+?)_/i.exec(type)?.[1]

/**
 * Texts of three bytes a character are texts of four. Measured: without an index on the column both servers keep the rows;
 * with one, and from any other set, they copy. Another order within a set takes the second column, which can go back.
 */
function widened(column: Column, to: string, collation: string): Fact {
  const [one, other] = [partsOf(column.type), partsOf(to)]
  const wider = /^utf8(mb3)?_/.test(collation) && setOf(to)?.toLowerCase() === 'utf8mb4'
  const [own, all] = [one, other].map(({ size }) => Number(size.replace(/[()]/g, '')))
  if (!wider || one.word !== other.word || !FAMILIES[1]?.test(one.word) || Number(own) > Number(all))
    return lost(
      'for another character set or order the server would copy the table while writes wait, or build its indexes anew',
    )
  const crosses = one.word === 'varchar' && Number(own) * 3 > ONE_BYTE !== Number(all) * 4 > ONE_BYTE
  return crosses
    ? lost(
        `with more than ${ONE_BYTE} bytes the length of a text takes two bytes and not one, so the server would copy the table while writes wait`,
      )
    : kept('each text of utf8mb3 is one of utf8mb4 as it is stored')
}

const SET_CLAUSES = /^( CHARACTER SET \w+)?( COLLATE \w+)?/

export const typeChange: Language['typeChange'] = (table, column, to) => {
  const collation = column.collation ?? table.collation ?? ''
  const named = NAMES_SET.test(to)
  const fact = named ? widened(column, to, collation) : unchanged(column.type, to, collation)
  if (!fact.kept) return { way: 'rows', says: fact.says }
  const index = table.indexes.find(({ columns }) => columns.includes(column.name))
  if (named && index)
    return {
      way: 'rows',
      says: `${fact.says}, but the server would copy the table to build ${index.name} anew`,
    }
  const way = inTheWay(table, column)
  if (way !== null)
    return {
      way: 'rows',
      says: `${fact.says}, but ${way}, so the server may copy the table while writes wait`,
    }
  const text = column.definition
  if (text === undefined || !text.startsWith(column.type))
    return { way: 'rows', says: 'the definition of the column cannot be repeated exactly' }
  return {
    way: 'catalogue',
    definition: `${to}${text.slice(column.type.length).replace(named ? SET_CLAUSES : '', '')}`,
    ...(named && { collation }),
    says: fact.says,
    back: null,
  }
}
