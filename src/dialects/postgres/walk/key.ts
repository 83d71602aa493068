import type { KeyColumn } from '../../../program/refs.ts'
import { quote } from '../language/quote.ts'

/** `(a, b) > ($3, $4)`. A single column has no brackets, as people write it. */
export function compareKey(key: readonly KeyColumn[], operator: string, firstParameter: number): string {
  const columns = key.map(({ name }) => quote(name))
  const values = key.map(({ type }, index) => `$${firstParameter + index}::${type}`)
  return key.length === 1
    ? `${columns[0]} ${operator} ${values[0]}`
    : `(${columns.join(', ')}) ${operator} (${values.join(', ')})`
}

/** Key columns as text, named by their positions: the ledger stores them, and they come back as parameters. */
export const keyAsText = (key: readonly KeyColumn[]): string =>
  key.map(({ name }, index) => `${quote(name)}::text AS k${index}`).join(', ')
