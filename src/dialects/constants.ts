import type { Constant, Scalar } from '../plan/value.ts'
import type { Refusal } from './dialect.ts'

/** What YAML writes as one scalar; the rest are lists and maps. */
export const isScalar = (value: Constant): value is Scalar => value === null || typeof value !== 'object'

/** A list or a map for a column of another type than json. */
export const notJson = (value: Constant, type: string): Refusal => ({
  refused: `a column of type ${type} cannot hold ${Array.isArray(value) ? 'a list' : 'a map'}`,
  hint: 'lists and maps are constants of json columns alone: give the column that type, or write the value as text, or as { sql: … }',
})
