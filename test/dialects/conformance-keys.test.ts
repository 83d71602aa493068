import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { traitsOf } from '../../src/dialects/interface/language.ts'
import { isTrue } from '../../src/dialects/interface/session.ts'
import { describeEachDatabase, type Keyed, openOn, type Place, sqlLanguage } from '../support/conformance.ts'
import { partsOf, walk } from '../support/conformance-walk.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { queriesIn } from '../support/written.ts'

const INTENT = 'add_column: { table: keyed, column: filled, type: int, fill: { literal: 1 } }'

describeEachDatabase('a backfill', (subject) => {
  let place: Place | undefined
  beforeAll(async () => {
    place = await subject.create()
    const database = new URL(place.url).pathname.slice(1)
    for (const statement of [...subject.hostile(database), ...subject.keySetup]) await place.query(statement)
  })
  afterAll(async () => {
    await place?.[Symbol.asyncDispose]()
  })

  const query = async (sql: string) => (place as Place).query(sql)

  /** The table with its rows, and the tool's session; what was there before goes. */
  async function keyed({ columns, rows }: Pick<Keyed, 'columns' | 'rows'>) {
    await query('DROP TABLE IF EXISTS keyed')
    await query(`CREATE TABLE keyed (${columns})`)
    const engine = await openOn(place as Place)
    const table = `${subject.quote((place as Place).schema)}.keyed`
    // Such as dates that only a server in no strict mode takes.
    for (const row of rows) await engine.session.query(`INSERT INTO ${table} VALUES (${row})`)
    return engine
  }

  describe('visits every row exactly once, in batches of three, along a key of', () => {
    it.each(subject.keys.map((key) => [key.name, key] as const))('%s', async (_, key) => {
      await using engine = await keyed(key)
      const { session } = engine
      const [fill] = partsOf(compiled(planOf(INTENT), await engine.inspect()), 'fill')
      if (!fill) throw new Error('nothing is filled')
      await query('ALTER TABLE keyed ADD COLUMN filled int')
      const counts = await walk(session, fill.written, 3)
      const full = Math.floor(key.rows.length / 3)
      expect(counts.filter((count) => count > 0)).toEqual([
        ...Array<number>(full).fill(3),
        ...(key.rows.length % 3 > 0 ? [key.rows.length % 3] : []),
      ])
      const rows = await query('SELECT filled FROM keyed')
      expect(rows).toEqual(key.rows.map(() => ({ filled: 1 })))
      expect(
        isTrue((await session.query(queriesIn(fill.written)['remaining'] ?? '')).rows[0]?.['remaining']),
      ).toBe(false)
      // A second pass has nothing to do.
      expect((await walk(session, fill.written, 3)).every((count) => count === 0)).toBe(true)
    })
  })

  if (subject.unwalkable.length > 0)
    describe('is refused along a key of', () => {
      it.each(subject.unwalkable)('%s', async (type) => {
        await using engine = await openOn(place as Place)
        expect(sqlLanguage(engine).unfit(type, 'key', await engine.inspect())).toEqual({
          refused: expect.stringContaining(type),
          hint: expect.stringMatching(/./),
        })
      })
    })

  it('is refused without a key, and along one that may be empty, unless it can go by blocks', async () => {
    for (const columns of ['k int', 'k int UNIQUE', 'a int, b int NOT NULL, UNIQUE (a, b)']) {
      await using engine = await keyed({ columns, rows: [] })
      const snapshot = await engine.inspect()
      const [finding] = findingsOf(planOf(INTENT), snapshot)
      const traits = traitsOf(engine.language, snapshot.server)
      if ('blockRanges' in traits && traits.blockRanges) {
        const [fill] = partsOf(compiled(planOf(INTENT), snapshot), 'fill')
        expect(fill?.action.key, columns).toEqual([])
      } else expect(finding, columns).toMatchObject({ code: 'PLAN_UNSUPPORTED' })
    }
  })

  it('takes a unique key where there is no other, and goes on where it stopped', async () => {
    await using engine = await keyed({
      columns: 'a int NOT NULL, b int NOT NULL, UNIQUE (b, a)',
      rows: ['1, 1', '2, 1', '1, 2', '2, 2'],
    })
    const { session } = engine
    const [fill] = partsOf(compiled(planOf(INTENT), await engine.inspect()), 'fill')
    if (!fill) throw new Error('nothing is filled')
    expect(fill.action.key.map(({ name }) => name)).toEqual(['b', 'a'])
    await query('ALTER TABLE keyed ADD COLUMN filled int')
    await query('UPDATE keyed SET filled = 7 WHERE a = 1 AND b = 1')
    expect(await walk(session, fill.written, 3)).toEqual([2, 1])
    const rows = await query('SELECT filled FROM keyed ORDER BY b, a')
    expect(rows.map(({ filled }) => filled)).toEqual([7, 1, 1, 1])
  })
})
