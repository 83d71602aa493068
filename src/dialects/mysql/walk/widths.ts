import { partsOf } from '../language/types.ts'

/** Character sets with several bytes per character; all others have one byte. */
const BYTES: Readonly<Record<string, number>> = {
  ...{ utf8mb4: 4, utf16: 4, utf16le: 4, utf32: 4, gb18030: 4 },
  ...{ utf8mb3: 3, utf8: 3, ujis: 3, eucjpms: 3 },
  ...{ ucs2: 2, big5: 2, gbk: 2, sjis: 2, cp932: 2, euckr: 2, gb2312: 2 },
}

/**
 * A collation's name begins with its character set. MariaDB leaves the set out of the names of UCA 14 collations. The
 * widest set that these have is utf8mb4.
 */
export const bytesPerCharacter = (collation: string): number =>
  /^uca1400/.test(collation) ? 4 : (BYTES[collation.split('_', 1)[0] ?? ''] ?? 1)

/** Fractional seconds take one more byte for two digits. */
const FIXED: Readonly<Record<string, number>> = {
  ...{ tinyint: 1, smallint: 2, mediumint: 3, int: 4, bigint: 8, float: 4, double: 8, year: 1, date: 3 },
  ...{ uuid: 16, inet6: 16, inet4: 4, time: 3, datetime: 5, timestamp: 4 },
}

/** Only the length and a pointer: the value itself is stored elsewhere. */
const LARGE: readonly (readonly [RegExp, number])[] = [
  [/^tiny(text|blob)$/, 9],
  [/^(text|blob)$/, 10],
  [/^medium(text|blob)$/, 11],
]

/** Bytes of the longest value: as the servers count a row, and what InnoDB stores of it in the row's page. */
export type Width = { readonly row: number; readonly page: number }

/** How much of a long value may stay in its page, bytes. */
const LOCAL = 40

/** The most bytes that a column of this type takes. */
export function widthOf(type: string, perCharacter: number): Width {
  const { word, size } = partsOf(type)
  const [digits = 0, fraction = 0] = size.replace(/[()]/g, '').split(',').map(Number)
  const fixed = (bytes: number): Width => ({ row: bytes, page: bytes })
  const varying = (row: number, bytes: number): Width => ({ row, page: Math.min(bytes, LOCAL) + 1 })
  const known = FIXED[word]
  if (known !== undefined) return fixed(known + Math.ceil(digits / 2))
  if (word === 'decimal') return fixed(packed(digits - fraction) + packed(fraction))
  if (word === 'bit') return fixed(Math.ceil(digits / 8))
  if (word === 'enum' || word === 'set') return fixed(labelled(word, type))
  if (word === 'binary') return fixed(digits)
  const bytes = digits * (word === 'varbinary' ? 1 : perCharacter)
  // With several bytes per character InnoDB stores it like a VARCHAR.
  if (word === 'char') return perCharacter > 1 ? varying(bytes, bytes) : fixed(bytes)
  if (word === 'varchar' || word === 'varbinary') return varying(bytes + (bytes < 256 ? 1 : 2), bytes)
  return varying(LARGE.find(([pattern]) => pattern.test(word))?.[1] ?? 12, LOCAL)
}

/** Nine digits are stored in four bytes. */
const packed = (digits: number): number =>
  Math.floor(digits / 9) * 4 + ([0, 1, 1, 2, 2, 3, 3, 4, 4][digits % 9] ?? 4)

function labelled(word: string, type: string): number {
  const words = type.match(/'(?:[^']|'')*'/g)?.length ?? 1
  if (word === 'enum') return words < 256 ? 1 : 2
  const bytes = Math.ceil(words / 8)
  return bytes > 4 ? 8 : bytes
}
