import { z } from 'zod'
import { name, single, text, whole, word, words } from './grammar.ts'

/** A value that YAML can write as one scalar. */
export type Scalar = string | number | boolean | null

/** A constant: a scalar, or a list or map of constants for columns and fields that hold those. */
export type Constant = Scalar | readonly Constant[] | { readonly [name: string]: Constant }

/**
 * What to put into a column or field. Each dialect writes the portable forms; `sql` and `pipeline` are passed on
 * unread.
 */
export type Value =
  | { readonly column: string }
  | { readonly literal: Constant }
  /** The first of these that is not NULL. */
  | { readonly coalesce: readonly Value[] }
  | { readonly sql: string }
  /** An aggregation expression: any scalar, list or map. */
  | { readonly pipeline: unknown }
  | {
      readonly split: {
        readonly column: string
        readonly separator: string
        readonly part: 'first' | 'rest' | 'last' | number
      }
    }
  | { readonly concat: { readonly columns: readonly string[]; readonly separator: string } }
  | {
      readonly map: {
        readonly column: string
        readonly cases: Readonly<Record<string, Scalar>>
        readonly else: 'keep' | 'error' | 'null' | { readonly literal: Scalar }
      }
    }
  | { readonly cast: { readonly column: string; readonly to: string } }
  | { readonly lower: { readonly column: string } }
  | { readonly upper: { readonly column: string } }
  | { readonly trim: { readonly column: string } }
  | { readonly now: true }
  | { readonly uuid: true }
  /** A function of a module: its path with `#` and its name. `reads`: the columns that it is given. */
  | { readonly module: string | { readonly from: string; readonly reads: readonly string[] } }

/** A scalar. A date stays the text that was written. */
export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

const constant: z.ZodType<Constant> = z.json()

const literal = z.strictObject({ literal: scalar })

const part = z
  .union([word(['first', 'rest', 'last']), whole(1)])
  .register(words, { expects: 'first, rest, last or the number of a part, counted from 1' })

/**
 * What a mapping does with a value it has no case for. YAML reads a bare `null` as nothing, which has the same
 * meaning here.
 */
export const otherwise = z
  .union([word(['keep', 'error', 'null']), z.null().transform(() => 'null' as const), literal])
  .register(words, { expects: 'keep, error, null or { literal: … }' })

const ofColumn = z.strictObject({ column: name })
const values = z
  .array(z.lazy((): z.ZodType<Value> => value))
  .min(1)
  .register(words, { expects: 'a list of at least one value' })
const columns = z.array(name).min(1).register(words, { expects: 'a list of at least one column' })

/** What to put into a column, in any of its forms. */
export const value: z.ZodType<Value> = single('value', {
  column: name.describe('The value of another column of the same row.'),
  literal: constant.describe(
    'The same value for every row. Lists and maps are for json columns and for fields of documents: [user], { a: 1 }.',
  ),
  coalesce: values.describe('The first of these values that is not NULL.'),
  sql: text.describe("An expression of the database over the row's own columns."),
  pipeline: z
    .unknown()
    .describe(
      'MongoDB: an aggregation expression; $name in it reads a field of the document, and lists and maps are values: [user].',
    ),
  split: z
    .strictObject({ column: name, separator: text, part })
    .describe('One part of a text: first, rest (all after the first), last, or the n-th counted from 1.'),
  concat: z
    .strictObject({ columns, separator: z.string() })
    .describe('Several columns joined into one text.'),
  map: z
    .strictObject({
      column: name,
      cases: z.record(z.string(), scalar),
      else: otherwise.prefault('error'),
    })
    .describe(
      'One value for another; `else` says what happens to a value without a case (error by default).',
    ),
  cast: z.strictObject({ column: name, to: text }).describe('A column converted to another type.'),
  lower: ofColumn.describe(
    'A text column in lower case; what becomes of letters beyond ASCII is up to the database and its collation.',
  ),
  upper: ofColumn.describe('A text column in upper case; letters beyond ASCII as for lower.'),
  trim: ofColumn.describe('A text column without blanks at its ends; tabs and line breaks stay.'),
  now: z.literal(true).describe('The time at which the row is filled; never computed again.'),
  uuid: z.literal(true).describe('A random UUID per row; never computed again.'),
  module: z
    .union([text, z.strictObject({ from: text, reads: columns })])
    .register(words, { expects: 'a path such as ./phone.js#normalise, or { from: …, reads: […] }' })
    .describe(
      'A function of the row, in a module beside the plan: ./transforms/phone.js#normalise. reads names the columns that it is given; all without it.',
    ),
})
  .transform((written): Value => written)
  .meta({ id: 'value', description: 'What to put into a column.' })
