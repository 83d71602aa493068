import type { Engine } from '../dialects/interface/engine.ts'
import type { RowsAtFault } from '../errors.ts'
import type { KeyColumn, TableRef } from '../program/refs.ts'

/** How many rows a query shows. */
const MOST = 10

/** A row's key in words, or its place: `id 7`, `region eu, number 7`, `ctid (0,1)`, `_id 7`. */
export const inWords = (names: readonly string[], values: readonly string[]): string =>
  names.map((name, index) => `${name} ${values[index]}`).join(', ')

/** Rows by such words. */
export const named = (
  language: Engine['language'],
  table: TableRef,
  key: readonly KeyColumn[],
  rows: readonly string[],
): RowsAtFault => rowsAtFault(language, table, key, rows.map(valuesOf(key.map(({ name }) => name))))

/** Rows by the values of their keys. */
export function rowsAtFault(
  language: Engine['language'],
  table: TableRef,
  key: readonly KeyColumn[],
  rows: readonly (readonly string[])[],
): RowsAtFault {
  const shown = rows.slice(0, MOST)
  if ('model' in language) {
    const ids = shown.flatMap((row) => row.slice(0, 1))
    return {
      keys: ids.map((id) => `_id ${id}`),
      query: ids.length > 0 ? language.look(table.name, ids) : null,
    }
  }
  const names = key.length > 0 ? key.map(({ name }) => name) : ['ctid']
  return {
    keys: shown.map((row) => inWords(names, row)),
    query: shown.length > 0 ? language.look(table, key, shown) : null,
  }
}

/** The values in such words. Without names it is one value behind whatever its name is. */
const valuesOf =
  (names: readonly string[]) =>
  (words: string): readonly string[] => {
    if (names.length === 0) return [words.slice(words.indexOf(' ') + 1)]
    const pattern = names.map((name) => `${escaped(name)} ([\\s\\S]*)`).join(', ')
    return new RegExp(`^${pattern}$`).exec(words)?.slice(1) ?? []
  }

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
