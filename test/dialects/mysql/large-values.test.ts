import { expect, it } from 'vitest'
import { bench, done, refused } from '../../support/command.ts'
import { describePrivateMysql } from '../../support/private-mysql.ts'
import { number } from '../../support/sessions.ts'
import { PLAN, planFile } from '../../support/users.ts'

/** The least that these servers take: one megabyte a packet. */
const SETTINGS = { max_allowed_packet: '1048576' }
const ROWS = 40

const FILES = {
  'plans/made.mjs': `
export const twice = ({ id, body }) => (id === 7 ? '"\\\\'.repeat(100000) : body.repeat(2))
export const huge = ({ id, body }) => (id === 7 ? body.repeat(60) : body)
export const bytes = ({ raw }) => (raw === null ? new Uint8Array([1]) : raw.subarray(0, 2))
`,
}

const add = (fn: string, reads: string, type = 'longtext', more = '') =>
  planFile(
    'made',
    [
      `add_column: { table: docs, column: made, type: ${type}, fill: { module: { from: "./made.mjs#${fn}", reads: [${reads}] } } }`,
    ],
    `backfill: { batch: { rows: 1000 }${more} }\n`,
  )

/** Bodies of twenty thousand bytes, so that all of them together are far more than a packet. */
const DOCS = [
  'CREATE TABLE docs (id int PRIMARY KEY, body longtext, raw longblob)',
  `INSERT INTO docs (id, body) VALUES ${Array.from({ length: ROWS }, (_, n) => `(${n + 1}, REPEAT('${n % 10}', 20000))`).join()}`,
]

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql('what a module computes', { kind, settings: SETTINGS }, (server) => {
    it('goes to the server in parts that it takes, however many rows a batch may have', async () => {
      await using here = await bench(server, DOCS, { [PLAN]: add('twice', 'id, body'), ...FILES })
      done(await here.plan('advance', PLAN, '--phase', 'backfill'))
      const right = `made = IF(id = 7, REPEAT('"\\\\', 100000), REPEAT(body, 2))`
      expect(await number(here.database, `SELECT count(*) FROM docs WHERE ${right}`)).toBe(ROWS)
      await here.database.query('UPDATE docs SET body = CONCAT(body, body)')
      done(await here.plan('advance', PLAN, '--phase', 'verify'))
      expect(await number(here.database, `SELECT count(*) FROM docs WHERE ${right}`)).toBe(ROWS)
    })

    it('is refused with the key of its row where one value alone is more', async () => {
      await using here = await bench(server, DOCS, { [PLAN]: add('huge', 'id, body'), ...FILES })
      const { err } = refused(
        await here.plan('advance', PLAN, '--phase', 'backfill'),
        4,
        'PLAN_POISON',
        'id 7',
      )
      expect(err).toContain('what was computed is more than the server takes at once')
      expect(err).toMatch(/hint: raise max_allowed_packet of the server/)
      expect(await number(here.database, 'SELECT count(*) FROM docs WHERE made IS NOT NULL')).toBe(6)
    })

    it('is not made from a value that the server cannot give', async () => {
      const raw = `UPDATE docs SET raw = IF(id = 7, REPEAT('x', 700000), NULL)`
      await using here = await bench(server, [...DOCS, raw], {
        [PLAN]: add('bytes', 'raw', 'blob'),
        ...FILES,
      })
      const ran = await here.plan('advance', PLAN, '--phase', 'backfill')
      const seven = () => here.database.query('SELECT HEX(made) AS made FROM docs WHERE id = 7')
      if (kind === 'mysql') {
        done(ran)
        expect(await seven()).toEqual([{ made: '7878' }])
        return
      }
      refused(
        ran,
        4,
        'PLAN_POISON',
        'this row holds more in one column than the server takes at once',
        'id 7',
      )
      expect(await seven()).toEqual([{ made: null }])
    })
  })
