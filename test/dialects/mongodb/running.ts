import { BSON, type Db, type Document } from 'mongodb'
import { bound } from '../../../src/dialects/mongodb/connect/extended.ts'
import { language } from '../../../src/dialects/mongodb/language.ts'
import type { Value } from '../../../src/plan/value.ts'
import type { Expression } from '../../../src/program/column.ts'
import type { FieldPair, FieldValue } from '../../../src/program/document-action.ts'
import { statementsOf, type Written } from '../../../src/program/written.ts'
import { queriesIn } from '../../support/written.ts'

const { EJSON } = BSON

export const TABLE = (db: Db, name = 'users') => ({ schema: db.databaseName, name })

export const writers = language.writers({
  topology: 'replica set',
  changeStreams: true,
  stagedUnique: true,
  hiddenIndexes: true,
  measuresPressure: false,
})

/** Statements as the session sends them: texts bound as Extended JSON, and the cursor read to its end. */
export async function run(db: Db, text: string, ...values: readonly unknown[]): Promise<Document[]> {
  const command = bound(text, values) as Document
  const reply = await db.command(command)
  const failures = reply['writeErrors'] as { errmsg: string; code: number }[] | undefined
  if (failures?.[0]) throw Object.assign(new Error(failures[0].errmsg), { code: failures[0].code })
  return reply['cursor']?.firstBatch ?? [reply]
}

const texts = (written: Written, name: string): string[] =>
  Object.entries(queriesIn(written)).flatMap(([key, text = '']) =>
    key === name || key.startsWith(`${name}.`) ? [text] : [],
  )

export async function pageOf(
  db: Db,
  written: Written,
  size: number,
  after: string | null,
): Promise<string[]> {
  const queries = queriesIn(written)
  const [end] = await run(db, queries['end'] ?? '')
  if (!end) return []
  const last = EJSON.stringify(end['k0'], { relaxed: false })
  const ask = (name: string, most: number, behind: readonly string[]) =>
    run(db, queries[name] ?? '', most, last, ...behind)
  const rows = after === null ? await ask('page_first', size, []) : await ask('page', size, [after])
  if (after !== null && rows.length < size) {
    const key = rows.length > 0 ? EJSON.stringify(rows.at(-1)?.['k0'], { relaxed: false }) : after
    rows.push(...(await ask('page_beyond', size - rows.length, [key])))
  }
  return rows.map(({ k0 }) => EJSON.stringify(k0, { relaxed: false }))
}

/** All pages of a walk; how many documents its writes changed. */
export async function walk(db: Db, written: Written, name = 'batch', size = 3): Promise<number> {
  let changed = 0
  let ids = await pageOf(db, written, size, null)
  while (ids.length > 0) {
    let count = 0
    for (const text of texts(written, name)) count = (await run(db, text, ids))[0]?.['nModified'] ?? 0
    changed += count
    ids = await pageOf(db, written, size, ids.at(-1) ?? '')
  }
  return changed
}

export async function does(db: Db, written: Written): Promise<void> {
  for (const text of statementsOf(written)) await run(db, text)
}

/** One query's one number. */
export async function number(db: Db, text: string | undefined, name: string, ...values: unknown[]) {
  const rows = await run(db, text ?? '', ...values)
  return Number(rows[0]?.[name] ?? 0)
}

export function expression(value: Value, container = '', type: string | null = null): Expression {
  const written = language.expression(value, container, type)
  if ('refused' in written) throw new Error(written.refused)
  return written
}

export const of = (field: string, value: Value, container = ''): FieldValue => ({
  field,
  value: expression(value, container),
})

export const renaming = (
  from: string,
  to: string,
  container = '',
  wins: 'old' | 'new' = 'old',
): FieldPair => ({
  kind: 'pair',
  container,
  up: [of(to, { column: from }, container)],
  down: [of(from, { column: to }, container)],
  identical: true,
  wins,
  unparsed: 'fail',
  fallback: [],
})

/** `name` into `first` and `last`, and back. */
export const splitting = (more: Partial<FieldPair> = {}): FieldPair => ({
  kind: 'pair',
  container: '',
  up: [
    of('first', { split: { column: 'name', separator: ' ', part: 'first' } }),
    of('last', { split: { column: 'name', separator: ' ', part: 'rest' } }),
  ],
  down: [of('name', { concat: { columns: ['first', 'last'], separator: ' ' } })],
  identical: false,
  wins: 'old',
  unparsed: 'fail',
  fallback: [],
  ...more,
})

/** What an expression makes of each document, in their order; `undefined` where it is missing. */
export async function evaluated(
  db: Db,
  made: Expression,
  documents: readonly Document[],
): Promise<unknown[]> {
  await db.collection('values').deleteMany({})
  await db
    .collection('values')
    .insertMany(documents.map((document, _id) => ({ _id, ...document })) as Document[])
  const rows = await run(
    db,
    JSON.stringify({
      aggregate: 'values',
      pipeline: [{ $sort: { _id: 1 } }, { $project: { _id: 0, made: JSON.parse(made.sql) } }],
      cursor: {},
    }),
  )
  return rows.map((row) => row['made'])
}

/** The documents without their keys, in the order of these. */
export const stored = async (db: Db, name = 'users'): Promise<Document[]> =>
  db
    .collection(name)
    .find({}, { sort: { _id: 1 }, projection: { _id: 0 } })
    .toArray()

export async function having(db: Db, documents: readonly Document[], name = 'users'): Promise<void> {
  await db.collection(name).insertMany(documents.map((document, _id) => ({ _id, ...document })) as Document[])
}
