import { expect, it } from 'vitest'
import type { Value } from '../../../src/plan/value.ts'
import { describeEachDatabase, openOn, type Place, sqlLanguage } from '../../support/conformance.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { evaluated, expression } from '../mongodb/running.ts'
import { EXPECTED, type Expected, type Input } from './table.ts'

const rowOf = (input: Input | string | null): Input =>
  input === null ? {} : typeof input === 'string' ? { t: input } : input

const COLUMNS =
  'id int PRIMARY KEY, t text, u varchar(20), n int, s varchar(20), made_text text, made_int int, made_json json, made_uuid char(36), made_now timestamp NULL'

/** The table that takes what is made, and what fills it by the value of a plan. */
async function prepared(place: Place) {
  await place.query(`CREATE TABLE made (${COLUMNS})`)
  await using engine = await openOn(place)
  const snapshot = await engine.inspect({ tables: [{ schema: place.schema, name: 'made' }] })
  const [table] = snapshot.tables
  if (!table) throw new Error('the table is not there')
  const language = sqlLanguage(engine)
  const constant = (one: string | number | undefined) =>
    one === undefined ? 'NULL' : typeof one === 'number' ? String(one) : language.literal(one)
  return async (value: Value, column: string, inputs: readonly Input[]): Promise<unknown[]> => {
    const type = table.columns.find(({ name }) => name === column)?.type ?? ''
    const made = language.expression(value, table, type, snapshot)
    if ('refused' in made) throw new Error(`${JSON.stringify(value)}: ${made.refused}`)
    const rows = inputs.map(({ t, u, n, s }, id) => `(${[id, ...[t, u, n, s].map(constant)].join(', ')})`)
    await place.query('DELETE FROM made')
    await place.query(`INSERT INTO made (id, t, u, n, s) VALUES ${rows.join(', ')}`)
    await place.query(`UPDATE made SET ${column} = (${made.sql})`)
    const found = await place.query(`SELECT ${column} AS made FROM made ORDER BY id`)
    return found.map(({ made: one }) => one)
  }
}

/** Drivers differ in whether they parse a json, and in how they write a whole number. */
const read = (found: unknown, type: Expected['type']): unknown =>
  found === null
    ? null
    : type === 'json' && typeof found === 'string'
      ? JSON.parse(found)
      : type === 'int'
        ? Number(found)
        : found

const said = (value: Value, input: unknown) => `${JSON.stringify(value)} of ${JSON.stringify(input)}`

describeEachDatabase('a portable value', (subject) => {
  it('makes of every row what it makes of it on every other server', async () => {
    await using place = await subject.create()
    const made = await prepared(place)
    for (const { value, type = 'text', of } of EXPECTED) {
      const rows = await made(
        value,
        `made_${type}`,
        of.map(([input]) => rowOf(input)),
      )
      for (const [id, [input, result]] of of.entries())
        expect(read(rows[id], type), said(value, input)).toEqual(result)
    }
  })

  it('of chance is another one in each row, and that of the clock is of today', async () => {
    await using place = await subject.create()
    const made = await prepared(place)
    for (const value of [{ uuid: true }, { coalesce: [{ column: 'u' }, { uuid: true }] }] as const) {
      const ids = await made(value, 'made_uuid', [{}, {}, { t: 'a' }])
      expect(new Set(ids).size).toBe(3)
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    }
    const [now] = await made({ now: true }, 'made_now', [{}])
    expect(now).not.toBeNull()
  })
})

const EVERYWHERE = EXPECTED.filter(({ type, rows }) => type !== 'int' && !rows)

describeEachMongo('a portable value', (server) => {
  it('makes of every document what it makes of a row', async () => {
    await using database = await mongoDatabase(server)
    for (const { value, type, of } of EVERYWHERE) {
      const documents = of.map(([input]) => rowOf(input))
      const made = expression(value, '', type === 'json' ? null : 'string')
      const found = await evaluated(database.db, made, documents)
      for (const [id, [input, result]] of of.entries())
        expect(found[id] ?? null, said(value, input)).toEqual(result)
    }
  })
})
