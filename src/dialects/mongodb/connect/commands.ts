import type { TableRef } from '../../../program/refs.ts'
import type { Lock } from '../../../program/written.ts'
import { type Doc, type Json, text } from '../language/json.ts'
import type { Act, Ask, Command } from './statement.ts'

/** A statement's text. */
export const statement = (command: Command | Ask | Act): string => text(command)

/** The n-th value that the runner binds. It is a literal, because a key may begin with $. */
export const param = (number: number): Doc => ({ $param: number })

export const aggregate = (collection: string, pipeline: readonly Json[]): string =>
  statement({ aggregate: collection, pipeline, cursor: {} })

/** Matches documents of a page that also match the guard. */
export const ofPage = (guard: Doc): Doc => ({ _id: { $in: param(1) }, ...guard })

/** One update of a page. Its result is the number of changed documents. */
export const update = (collection: string, guard: Doc, stages: readonly Doc[]): string =>
  statement({ update: collection, updates: [{ q: ofPage(guard), u: stages, multi: true }] })

const nameOf = ({ schema, name }: TableRef): string => `${schema}.${name}`

export const lock = {
  moment: (table: TableRef): Lock => ({
    on: nameOf(table),
    mode: 'collection X lock',
    blocks: 'reads and writes',
    during: 'moment',
  }),
  build: (table: TableRef): Lock => ({
    on: nameOf(table),
    mode: 'intent locks',
    blocks: 'nothing',
    during: 'build',
  }),
  batch: (table: TableRef): Lock => ({
    on: nameOf(table),
    mode: 'document locks',
    blocks: 'the rows of one batch',
    during: 'batch',
  }),
  none: (table: TableRef, during: 'scan' | 'moment'): Lock => ({
    on: nameOf(table),
    mode: 'none',
    blocks: 'nothing',
    during,
  }),
} as const

/** The number of documents that match. No row at all means none. */
export const counting = (collection: string, match: Doc, as: string): string =>
  aggregate(collection, [{ $match: match }, { $count: as }])
