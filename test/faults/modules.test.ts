import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused, until } from '../support/command.ts'
import { ledger, number, writes } from '../support/sessions.ts'
import { counted, PLAN, planFile, users } from '../support/users.ts'

const ROWS = 400

/** Functions of a row: they never give what an expression of the database could. */
const MODULE = `
import { createHash } from 'node:crypto'
export const hashed = ({ email }) => createHash('sha256').update(email).digest('hex').slice(0, 20)
export const slowly = async (row) => {
  await new Promise((done) => setTimeout(done, 1))
  return hashed(row)
}
export const picky = ({ last_name }) => {
  if (last_name === 'poison') throw new TypeError('the secret of ' + last_name)
  return last_name === null ? null : last_name.length
}
export const nothing = () => undefined
export default ({ id, email }) => \`\${id}/\${email}\`
`

/** What the functions give, as the database itself has it. */
const HASHED = `left(encode(sha256(email::bytea), 'hex'), 20)`

const FILE = 'plans/transforms/users.js'
const add = (fn: string, more = '', type = 'varchar(60)') =>
  `add_column: { table: users, column: made, type: ${type}, fill: { module: { from: "./transforms/users.js#${fn}", reads: [email, last_name] } }${more} }`
const SETTINGS = 'backfill: { batch: { rows: 20, max_rows: 20 }, throttle: { duty: 1 } }\n'

async function scene(
  server: { readonly url: string },
  intents: readonly string[],
  more = SETTINGS,
): Promise<Bench> {
  const sql = [...users(ROWS), ...counted, 'ANALYZE users']
  const package_ = JSON.stringify({ type: 'module' })
  return await bench(server, sql, {
    [PLAN]: planFile('made', intents, more),
    [FILE]: MODULE,
    'plans/package.json': package_,
  })
}

const differing = (here: Bench) =>
  number(here.database, `SELECT count(*) FROM users WHERE made IS NULL OR made <> ${HASHED}`)

/** Writes of a client that knows nothing of the plan, one after the other, until it is stopped. */
function writing({ database }: Bench) {
  let [going, times] = [true, 0]
  const ended = (async () => {
    for (let n = 1; going; n++) {
      const id = 1 + ((n * 37) % ROWS)
      await database.query(`UPDATE users SET email = 'w${n}@example.org' WHERE id = ${id}`)
      if (n % 5 === 0)
        await database.query(`INSERT INTO users (id, email) VALUES (${10_000 + n}, 'n${n}@example.org')`)
      if (n % 7 === 0)
        await database.query(`UPDATE users SET id = ${20_000 + n} WHERE id = ${10_000 + n - 2}`)
      if (n % 11 === 0) await database.query(`DELETE FROM users WHERE id = ${20_000 + n - 4}`)
      times++
    }
  })()
  return {
    stop: async () => {
      going = false
      await ended
      return times
    },
  }
}

describePostgres('values that a module computes', (server) => {
  it('fill a new column to the end, with what clients write meanwhile', async () => {
    const large = 'backfill: { batch: { rows: 200 }, throttle: { duty: 1 } }\n'
    await using here = await scene(server, [add('hashed')], large)
    const client = writing(here)
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await client.stop()).toBeGreaterThan(0)
    done(await here.plan('confirm', 'switch-app', '--by', 'tester'))
    done(await here.plan('advance', PLAN, '--phase', 'contract', '--yes'))
    expect(await differing(here)).toBe(0)
    expect(JSON.parse(done(await here.plan('status', '--json')).out).plans[0].state).toBe('done')
  })

  it('are written once for each row that nobody changes', async () => {
    await using here = await scene(server, [add('slowly')])
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await differing(here)).toBe(0)
    expect(await writes(here.database)).toEqual([{ times: 1, rows: ROWS }])
  })

  it('follow a killed runner: the next one goes on where the ledger is', async () => {
    const slow = 'backfill: { batch: { rows: 40, max_rows: 40 }, throttle: { duty: 0.3 } }\n'
    await using here = await scene(server, [add('slowly')], slow)
    done(await here.plan('advance', PLAN))
    const client = writing(here)
    const running = here.start('advance', PLAN)
    const filled = () => number(here.database, 'SELECT count(*) FROM users WHERE made IS NOT NULL')
    await until('some rows are filled', async () => (await filled()) > 30)
    running.child.kill('SIGKILL')
    await running.ended
    await client.stop()
    done(await here.plan('throttle', '--duty', '1'))
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    expect(await differing(here)).toBe(0)
  })

  it('of a row for which the function throws: its key is named, and nothing of the row', async () => {
    await using here = await scene(server, [add('picky', '', 'int')])
    done(await here.plan('advance', PLAN))
    await here.database.query(`UPDATE users SET last_name = 'poison' WHERE id = 77`)
    const { err } = refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', 'id 77')
    expect(err).toContain('picky of ./transforms/users.js threw TypeError at users.js:9')
    expect(err).not.toMatch(/secret|= 'poison'/)
    await here.database.query(`UPDATE users SET last_name = 'four' WHERE id = 77`)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await number(here.database, 'SELECT made FROM users WHERE id = 77')).toBe(4)
    // A mark of a row that cannot be computed stays, and stops what comes next.
    await here.database.query(`UPDATE users SET last_name = 'poison' WHERE id = 5`)
    done(await here.plan('confirm', 'switch-app', '--by', 'tester'))
    refused(await here.plan('advance', PLAN, '--yes'), 4, 'PLAN_POISON', 'id 5')
    await here.database.query(`UPDATE users SET last_name = NULL WHERE id = 5`)
    done(await here.plan('advance', PLAN, '--yes'))
    expect(await number(here.database, 'SELECT count(*) FROM users WHERE made IS NULL')).toBe(1)
  })

  it('of rows at fault are passed over where the plan says so, and named all at once', async () => {
    const settings = SETTINGS.replace(' }\n', ', on_error: quarantine }\n')
    await using here = await scene(server, [add('picky', '', 'int')], settings)
    done(await here.plan('advance', PLAN))
    await here.database.query(`UPDATE users SET last_name = 'poison' WHERE id IN (1, 77, 400)`)
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', /3 rows of users .*id 1 \| id 77 \| id 400/)
    expect(await number(here.database, 'SELECT count(*) FROM users WHERE made IS NOT NULL')).toBe(ROWS - 3)
    const { plans } = JSON.parse(done(await here.plan('status', '--json')).out)
    expect(plans[0].quarantine).toHaveLength(3)
    await here.database.query(`UPDATE users SET last_name = 'mended' WHERE last_name = 'poison'`)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await number(here.database, 'SELECT count(*) FROM users WHERE made = 6')).toBe(ROWS_OF_SIX)
  })

  it('that are no values are refused with the key', async () => {
    await using here = await scene(server, [add('nothing')])
    done(await here.plan('advance', PLAN))
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', 'gave undefined for the row with id 1')
  })

  it('that the column does not take are refused with the key', async () => {
    await using here = await scene(server, [add('hashed', '', 'varchar(5)')])
    done(await here.plan('advance', PLAN))
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', 'id 1')
  })

  it('come from the file that was pinned, and from no other', async () => {
    await using here = await scene(server, [add('hashed')])
    done(await here.plan('compile', PLAN))
    await here.write(FILE, MODULE.replace('20', '19'))
    refused(await here.plan('advance', PLAN), 5, 'PLAN_CHANGED', './transforms/users.js was changed')
    expect(await number(here.database, TABLES)).toBe(2)
    await here.write(FILE, MODULE)
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await here.write(FILE, MODULE.replace('20', '19'))
    refused(await here.plan('advance', PLAN), 5, 'PLAN_CHANGED')
    done(await here.plan('rollback', '--yes'))
    expect(await number(here.database, TABLES)).toBe(2)
  })

  it('replace others by a backfill, once for each row, also from the column itself', async () => {
    const set = `backfill: { table: users, set: { last_name: { module: { from: ./transforms/users.js, reads: [id, email] } }, email: { module: { from: "./transforms/users.js#hashed", reads: [email] } } }, where: "id <> 7" }`
    await using here = await scene(server, [set])
    const before = await here.database.query(`SELECT id, email, ${HASHED} AS hashed FROM users ORDER BY id`)
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    const after = await here.database.query('SELECT id, email, last_name FROM users ORDER BY id')
    expect(after.map(({ id, email, last_name }) => [Number(id), email, last_name])).toEqual(
      before.map(({ id, email, hashed }) =>
        Number(id) === 7 ? [7, email, 'name 7'] : [Number(id), hashed, `${id}/${email}`],
      ),
    )
    expect(await writes(here.database)).toEqual([{ times: 1, rows: ROWS - 1 }])
  })

  it.each([
    ['a new column', 'made', add('default').replace('email, last_name', 'id, email')],
    [
      'a column that is there',
      'last_name',
      'backfill: { table: users, set: { last_name: { module: { from: ./transforms/users.js, reads: [id, email] } } } }',
    ],
  ])(
    'of %s are computed anew for a row that changes between the reading and the writing',
    async (_, column, intent) => {
      await using here = await scene(server, [intent])
      if (column === 'made') done(await here.plan('advance', PLAN))
      let left = 3
      const faults = async (point: string) => {
        if (!/^before.*plan\.computed/.test(point) || left === 0) return
        left--
        await here.database.query(`UPDATE users SET email = 'changed ${left}' WHERE id IN (1, 5, 30)`)
      }
      done(await here.planWith({ faults }, 'advance', PLAN, '--phase', 'backfill'))
      expect(left).toBe(0)
      expect(
        await number(here.database, `SELECT count(*) FROM users WHERE ${column} = id || '/' || email`),
      ).toBe(ROWS)
    },
  )

  it('of a required column stand in for its default', async () => {
    await using here = await scene(server, [add('hashed', ', required: true, default: waiting')])
    done(await here.plan('advance', PLAN, '--phase', 'enforce'))
    await here.database.query(`INSERT INTO users (id, email) VALUES (9000, 'new@example.org')`)
    expect(await here.database.query('SELECT made FROM users WHERE id = 9000')).toEqual([{ made: 'waiting' }])
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await differing(here)).toBe(0)
  })

  it('leave alone what a client of the new version writes itself', async () => {
    await using here = await scene(server, [add('hashed')])
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await here.database.query(`INSERT INTO users (id, email, made) VALUES (9000, 'new@example.org', 'own')`)
    await here.database.query(`UPDATE users SET email = 'x', made = 'own' WHERE id = 1`)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await number(here.database, `SELECT count(*) FROM users WHERE made = 'own'`)).toBe(2)
    expect(await number(here.database, `SELECT count(*) FROM ${ledger(here.database, 'quarantine')}`)).toBe(0)
  })
})

/** 'name 2' to 'name 9', and the three that were mended. */
const ROWS_OF_SIX = 11

const TABLES = `SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE 'plan\\_%'`
