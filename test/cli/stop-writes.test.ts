import { expect, it } from 'vitest'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const CONTRACT = ['advance', PLAN, '--phase', 'contract', '--yes'] as const
const confirm = (here: Bench, id: string) => here.plan('confirm', id, '--by', 'me', '--plan', 'rename')

/** Where the seal goes and the column with it. */
const END = /^before (DROP TRIGGER|ALTER TABLE \S+ RENAME COLUMN)/
/** For that the column is back under its name. */
const COUNTED = /^before SELECT count\(\*\)\S* AS .?rows/i
/** Other databases of the server have such, too. */
const helpers = (mysql: boolean) =>
  `SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = ${mysql ? 'database()' : 'current_schema()'} AND trigger_name LIKE 'zz%'`

/** Both versions write both columns, the new one reads its own alone. */
async function switched(here: Bench): Promise<void> {
  done(await here.plan('advance', PLAN, '--phase', 'expand'))
  done(await confirm(here, 'dual-write'))
  done(await here.plan('advance', PLAN, '--phase', 'verify'))
  done(await confirm(here, 'switch-app'))
}

describeEachKind('where the application writes both shapes itself', (server) => {
  const setup = isMysql(server) ? mysqlUsers() : users()
  const plan = (hold: string) => rename(`sync: application\ncontract: { hold: ${hold} }\n`)
  const write = (set: string, id: number) => `UPDATE users SET ${set} WHERE id = ${id}`

  it('the old shape is proven, and goes once nobody writes it any more', async () => {
    await using here = await bench(server, setup, { [PLAN]: plan('0s') })
    const { query } = here.database
    await switched(here)
    refused(
      await confirm(here, 'stop-writes'),
      3,
      'PLAN_WAITING',
      'has not proven',
      'keep both shapes written',
    )
    await query(write("last_name = 'forgotten'", 3))
    refused(await here.plan(...CONTRACT), 4, 'PLAN_INVARIANT', 'no trigger knows which side is right')
    refused(await confirm(here, 'stop-writes'), 3, 'PLAN_WAITING', 'has not proven')
    await query(write('family_name = last_name', 3))
    for (const _ of [1, 2]) refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'stop-writes')
    expect(done(await here.plan('status')).out).toContain('plan confirm stop-writes')
    expect(done(await here.plan('runbook', 'rename')).out).toContain('proves both shapes for the last time')
    await query(write("family_name = 'new'", 4))
    done(await confirm(here, 'stop-writes'))
    await query(write("family_name = 'newer'", 5))
    done(await here.plan(...CONTRACT))
    const rows = await query('SELECT * FROM users WHERE id IN (3, 4, 5) ORDER BY id')
    expect(rows.map((row) => Object.keys(row))).toContainEqual(['id', 'email', 'family_name'])
    expect(rows.map(({ family_name: name }) => name)).toEqual(['forgotten', 'new', 'newer'])
  })

  it('from its last proof on the old shape is written with the new one or not at all, up to its end', async () => {
    const required = `last_name ${isMysql(server) ? 'varchar(80)' : 'text'} NOT NULL DEFAULT ''`
    const table = [setup[0]?.replace(/last_name \w+(\(80\))?/, required) ?? '', ...setup.slice(1)]
    await using here = await bench(server, table, { [PLAN]: plan('0s') })
    const { query } = here.database
    const insert = (id: number, names: string, values: string) =>
      query(`INSERT INTO users (id, email, ${names}) VALUES (${id}, 'mail', ${values})`)
    const alone = async () => {
      await expect(query(write("last_name = 'late'", 2))).rejects.toThrow(/plan rename|column.*last_name/)
    }
    await switched(here)
    await query(write("last_name = 'early', family_name = 'early'", 2))
    refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'stop-writes')
    await alone()
    await expect(insert(30, 'last_name', "'late'")).rejects.toThrow(/plan rename.*last_name/)
    await expect(query(write("last_name = 'a', family_name = 'b'", 5))).rejects.toThrow(/plan rename/)
    await insert(31, 'last_name, family_name', "'both', 'both'")
    await insert(32, 'family_name', "'new'")
    await query(write("last_name = 'both', family_name = 'both'", 3))
    await query(write("family_name = 'new'", 4))
    await query(write("email = 'other'", 4))
    done(await here.plan('doctor', PLAN))
    done(await confirm(here, 'stop-writes'))
    let tried = 0
    const faults = async (point: string) => {
      if (!END.test(point) || (tried > 0 && !isMysql(server))) return
      tried++
      await alone()
      await query(write("family_name = 'newer'", 4))
    }
    done(await here.planWith({ faults }, ...CONTRACT))
    expect(tried).toBe(isMysql(server) ? 3 : 1)
    const rows = await query('SELECT * FROM users WHERE id IN (2, 3, 4, 31, 32) ORDER BY id')
    expect(rows.map(({ family_name: name }) => name)).toEqual(['early', 'both', 'newer', 'both', 'new'])
    expect(Object.keys(rows[0] ?? {})).toEqual(['id', 'email', 'family_name'])
    expect(await query(helpers(isMysql(server)))).toEqual([])
  })

  it('whoever still writes the old shape while it is kept is refused, and going back says what it loses', async () => {
    await using here = await bench(server, setup, { [PLAN]: plan('1h') })
    const { query } = here.database
    await switched(here)
    refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'stop-writes')
    done(await confirm(here, 'stop-writes'))
    refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'kept for another')
    await expect(query(write("last_name = 'late'", 2))).rejects.toThrow(/last_name/)
    await query(write("family_name = 'new'", 4))
    const lost = 'values of family_name that the old shape does not give in 1 row'
    let tried = 0
    const faults = async (point: string) => {
      if (tried > 0 || !COUNTED.test(point)) return
      tried++
      await expect(query(write("last_name = 'late'", 2))).rejects.toThrow(/plan rename/)
    }
    const back = ['rollback', 'rename', '--app-is-back'] as const
    refused(await here.planWith({ faults }, ...back), 2, 'PLAN_USAGE', lost)
    expect(tried).toBe(1)
    expect(await query(helpers(isMysql(server)))).toEqual([])
    await expect(query(write("last_name = 'late'", 2))).rejects.toThrow(/last_name/)
    done(await here.plan('rollback', 'rename', '--yes'))
    const [row] = await query('SELECT * FROM users WHERE id = 4')
    expect(Object.keys(row ?? {})).toEqual(['id', 'email', 'last_name'])
  })
})
