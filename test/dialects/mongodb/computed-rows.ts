import type { Document } from 'mongodb'
import type { FieldGroup, FieldPair } from '../../../src/program/document-action.ts'
import { of, renaming, splitting } from './running.ts'

/** `price`, in units, becomes `cents` in every element. */
const cents: FieldPair = {
  ...splitting({ container: 'items' }),
  up: [of('items.cents', { pipeline: { $multiply: ['$$here.price', 100] } }, 'items')],
  down: [of('items.price', { pipeline: { $divide: ['$$here.cents', 100] } }, 'items')],
}
/** `full` becomes `name.first` and `name.last`. */
const nested: FieldPair = {
  ...splitting(),
  up: splitting().up.map((one) => ({
    field: `name.${one.field}`,
    value: { ...one.value, sql: one.value.sql.replaceAll('$name', '$full') },
  })),
  down: [of('full', { concat: { columns: ['name.first', 'name.last'], separator: ' ' } })],
}
const roles: FieldGroup = {
  kind: 'fill',
  container: '',
  up: [of('roles', { pipeline: ['user'] })],
  nulls: false,
}

export const COMPUTED = {
  rename: [renaming('old', 'new')],
  split: [splitting()],
  cents: [cents],
  nested: [nested],
  both: [splitting(), cents, roles],
}

/** What the application writes of a group, in one of the two shapes. */
export type Side = {
  readonly fields: Document
  readonly before: Document
  readonly other: Document
  readonly change: Document
  readonly gone: Document
}

const split: readonly [Side, Side] = [
  {
    fields: { name: String },
    before: { _id: 1, name: 'Ada Lovelace', n: 1 },
    other: { _id: 2, name: 'Grace Hopper', n: 1 },
    change: { name: '$Eve Lovelace' },
    gone: { name: 1 },
  },
  {
    fields: { first: String, last: String },
    before: { _id: 1, first: 'Ada', last: 'Lovelace', n: 1 },
    other: { _id: 2, first: 'Grace', last: 'Hopper', n: 1 },
    change: { first: '$Eve' },
    gone: { first: 1, last: 1 },
  },
]
const deep: readonly [Side, Side] = [
  {
    fields: { full: String },
    before: { _id: 1, full: 'Ada Lovelace', n: 1 },
    other: { _id: 2, full: 'Grace Hopper', n: 1 },
    change: { full: 'Eve Lovelace' },
    gone: { full: 1 },
  },
  {
    fields: { name: { first: String, last: String } },
    before: { _id: 1, name: { first: 'Ada', last: 'Lovelace' }, n: 1 },
    other: { _id: 2, name: { first: 'Grace', last: 'Hopper' }, n: 1 },
    change: { 'name.first': 'Eve' },
    gone: { name: 1 },
  },
]
const priced = (name: string): Side => ({
  fields: { items: [{ _id: Number, [name]: Number, qty: Number }] },
  before: {
    _id: 1,
    items: [
      { _id: 1, [name]: 100, qty: 1 },
      { _id: 2, [name]: 200, qty: 2 },
    ],
    n: 1,
  },
  other: { _id: 2, items: [{ _id: 3, [name]: 300 }], n: 1 },
  change: { items: [{ _id: 4, [name]: 400 }] },
  gone: { items: 1 },
})

const renamed = (name: string): Side => ({
  fields: { [name]: String },
  before: { _id: 1, [name]: 'x', n: 1 },
  other: { _id: 2, [name]: 'y', n: 1 },
  change: { [name]: 'z' },
  gone: { [name]: 1 },
})

export const SIDES = {
  rename: [renamed('old'), renamed('new')],
  split,
  nested: deep,
  cents: [priced('price'), priced('cents')],
} as const
