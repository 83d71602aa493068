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
