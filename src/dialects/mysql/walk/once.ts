import type { Assignment } from '../../../program/sync.ts'
import { onceBy } from '../../relational/once.ts'
import { quote } from '../language/quote.ts'
import { lossQuery } from '../write/losses.ts'
import { same } from './equality.ts'

export const sameAs = ({ column, type, value }: Assignment): string =>
  same(quote(column), `(${value.sql})`, type)

export const once = onceBy({
  everyRow: 'TRUE',
  same: sameAs,
  query: lossQuery,
})
