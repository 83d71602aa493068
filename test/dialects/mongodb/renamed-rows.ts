import type { Document } from 'mongodb'

// biome-ignore lint/suspicious/noExplicitAny: two versions of mongoose with types of their own.
export type Loose = any

export type Row = {
  /** A field of the document, or of every element of `items`. */
  readonly group: 'field' | 'price'
  readonly fields: (name: string, Schema: Loose) => Document
  readonly options?: Document
  readonly before?: readonly ((name: string) => Document)[]
  readonly write: (Model: Loose, name: string, more: { mongoose: Loose }) => Promise<unknown>
  /** It is refused, and says this. */
  readonly throws?: RegExp
}

export const texts = (name: string) => ({ [name]: String, n: Number, tags: [String] })
export const numbers = (name: string) => ({ [name]: Number, n: Number })
export const lists = (name: string) => ({ [name]: [String], n: Number })
export const parts = (name: string) => ({ [name]: { given: String, all: [Number] }, n: Number })
export const priced = (name: string) => ({ items: [{ [name]: Number, qty: Number }], n: Number })
export const lines = (name: string) => ({ [name]: [{ qty: Number, sku: String }], n: Number })

export const text = (name: string) => ({ _id: 1, [name]: 'x', n: 1, tags: ['a'] })
export const number = (name: string) => ({ _id: 1, [name]: 6, n: 1 })
export const list = (name: string) => ({ _id: 1, [name]: ['a', 'b'], n: 1 })
export const part = (name: string) => ({ _id: 1, [name]: { given: 'Ada', all: [1, 2] }, n: 1 })
export const items = (name: string) => ({
  _id: 1,
  items: [
    { _id: 1, [name]: 1, qty: 1 },
    { _id: 2, [name]: 2, qty: 2 },
  ],
})
export const ordered = (name: string) => ({
  _id: 1,
  [name]: [
    { _id: 1, qty: 1, sku: 'a' },
    { _id: 2, qty: 2, sku: 'b' },
  ],
})

const withId = (fields: (name: string) => Document) => (name: string) => ({ _id: Number, ...fields(name) })

type Write = Row['write']
export const row = (
  name: string,
  group: Row['group'],
  fields: (name: string) => Document,
  before: readonly ((name: string) => Document)[],
  write: Write,
  more: Partial<Row> = {},
): [string, Row] => [name, { group, fields: withId(fields), before, write, ...more }]
