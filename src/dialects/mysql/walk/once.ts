import { onceBy } from '../../relational/once.ts'
import { quote } from '../language/quote.ts'
import { lossQuery } from '../write/losses.ts'
import { same } from './equality.ts'

export const once = onceBy({
  everyRow: 'TRUE',
  same: ({ column, type, value }) => same(quote(column), `(${value.sql})`, type),
  query: lossQuery,
})
