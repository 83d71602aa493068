import { marksBy } from '../../relational/marks.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { sameImage } from './equality.ts'
import { imagePart } from './guard.ts'

/** As bytes, so that no collation counts. */
const image = (value: string, type: string): string => `CONVERT(${imagePart(value, type)} USING binary)`

export const { stale, staleOf, insert, isStale, waits } = marksBy({ quote, quoteTable, sameImage, image })
