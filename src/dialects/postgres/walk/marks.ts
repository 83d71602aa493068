import { marksBy } from '../../relational/marks.ts'
import { sameImage } from '../language/equality.ts'
import { quote, quoteTable } from '../language/quote.ts'

/** Of the whole value as it is printed. The settings that this depends on are those of each session of ours. */
const image = (value: string): string => `pg_catalog.md5(ROW(${value})::text)`

export const { stale, staleOf, insert, isStale, waits } = marksBy({ quote, quoteTable, sameImage, image })
