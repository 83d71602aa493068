import { expect, it } from 'vitest'
import { describePostgres } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { PAST_THE_SYNC } from '../support/mysql-users.ts'
import { isMysql } from '../support/places.ts'
import { other } from '../support/sessions.ts'
import { addHandle, PLAN, planFile, rename } from '../support/users.ts'
import { clean, LOOKING, watched } from './canaries.ts'

function everywhere(server: { url: string }): void {
  it('appear nowhere in a good run, neither on the screen nor in the ledger', async () => {
    const { here: opened, run, printed } = await watched(server, rename())
    await using here = opened
    await run('compile', PLAN)
    await run('advance', PLAN, '--json', '--verbose')
    for (const args of LOOKING) await run(...args)
    await run('advance', '--until-checkpoint', '--verbose')
    await run('confirm', 'switch-app', '--by', 'me')
    for (const args of LOOKING) await run(...args)
    expect((await run('advance', '--yes')).code).toBe(0)
    await clean(here, printed)
  })

  it('appear nowhere when the proof fails, the schema drifts or a lock is held', async () => {
    const {
      here: opened,
      run,
      printed,
    } = await watched(server, addHandle('', ', index: true', 'varchar(80)'))
    await using here = opened
    {
      await using _ = await other(here.database, "SELECT 1 FROM users WHERE last_name = 'canary 1'")
      expect((await run('advance', PLAN)).code).toBe(75)
    }
    await run('advance', PLAN, '--phase', 'backfill')
    await here.database.query("ALTER TABLE users ALTER COLUMN email SET DEFAULT 'nobody'")
    expect((await run('advance', PLAN, '--verbose')).code).toBe(5)
    for (const args of LOOKING) await run(...args)
    await clean(here, printed)
  })

  it('appear nowhere when the two shapes disagree', async () => {
    const { here: opened, run, printed } = await watched(server, rename())
    await using here = opened
    await run('advance', PLAN, '--phase', 'backfill')
    // Past the trigger.
    await here.database.query(isMysql(server) ? PAST_THE_SYNC : 'SET session_replication_role = replica')
    await here.database.query("UPDATE users SET family_name = 'canary other' WHERE id = 9")
    expect((await run('advance', '--verbose')).code).toBe(4)
    for (const args of LOOKING) await run(...args)
    await run('rollback')
    await clean(here, printed)
  })
}

describePostgres('passwords and values of rows', everywhere)
describeEachMysql('passwords and values of rows', everywhere)

describePostgres('passwords and values of rows', (server) => {
  it('appear nowhere when a value cannot be converted, is missing or is there twice', async () => {
    const plan = planFile('bad', [
      'add_column: { table: users, column: age, type: int, fill: { sql: "substr(last_name, 8)::int" }, unparsed: fail }',
      'add_column: { table: users, column: name, type: text, required: true, fill: { sql: "nullif(id::text, \'4\')" } }',
      'add_column: { table: users, column: handle, type: text, fill: { lower: { column: email } }, unique: true }',
      'add_column: { table: users, column: half, type: int, fill: { sql: "100 / (id - 7)" }, unparsed: fail, check: "half <> 3" }',
    ])
    const {
      here: opened,
      run,
      printed,
    } = await watched(server, plan, [
      "UPDATE users SET last_name = 'canary poison' WHERE id = 9",
      "UPDATE users SET email = 'canary@example.org' WHERE id IN (3, 5)",
    ])
    await using here = opened
    const codes: string[] = []
    for (const mend of [
      'SELECT',
      'DELETE FROM users WHERE id = 7',
      "UPDATE users SET last_name = 'canary 9' WHERE id = 9",
      'DELETE FROM users WHERE id = 4',
      "UPDATE users SET email = 'canary y' WHERE id = 5",
    ]) {
      await here.database.query(mend)
      const ended = await run('advance', PLAN, '--phase', 'enforce', '--verbose')
      codes.push(/PLAN_\w+/.exec(ended.err)?.[0] ?? `${ended.code}`)
      for (const args of LOOKING) await run(...args)
    }
    expect(codes).toEqual(['PLAN_POISON', 'PLAN_POISON', 'PLAN_NULL', 'PLAN_DUPLICATE', 'PLAN_INVARIANT'])
    await run('rollback', '--json')
    await run('rollback')
    await run('rollback', '--yes')
    await clean(here, printed)
  })
})

describeEachMysql('passwords and values of rows', (server) => {
  it('appear nowhere when a value cannot be converted, is missing, is too long or is there twice', async () => {
    const plan = planFile('bad', [
      'add_column: { table: users, column: age, type: int, fill: { sql: "substr(last_name, 8)" }, unparsed: fail }',
      'add_column: { table: users, column: cast_age, type: int, fill: { sql: "cast(substr(last_name, 8) as signed)" }, unparsed: fail }',
      'add_column: { table: users, column: name, type: varchar(20), required: true, fill: { sql: "nullif(id, 4)" } }',
      'add_column: { table: users, column: handle, type: varchar(80), fill: { lower: { column: email } }, unique: true }',
      'add_column: { table: users, column: half, type: int, fill: { sql: "100 / (id - 7)" }, unparsed: fail }',
      'add_column: { table: users, column: short, type: varchar(9), fill: { column: last_name } }',
    ])
    const {
      here: opened,
      run,
      printed,
    } = await watched(server, plan, [
      "UPDATE users SET last_name = 'canary poison' WHERE id = 19",
      "UPDATE users SET email = 'canary@example.org' WHERE id IN (3, 5)",
      `CREATE TRIGGER strict BEFORE UPDATE ON users FOR EACH ROW
         IF NEW.id = 30 THEN BEGIN
           DECLARE said varchar(90) DEFAULT concat(NEW.email, ' in a message');
           SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = said;
         END; END IF`,
    ])
    await using here = opened
    const codes: string[] = []
    for (const mend of [
      'SELECT 1',
      'DELETE FROM users WHERE id = 7',
      "UPDATE users SET last_name = '1234567890' WHERE id = 19",
      "UPDATE users SET last_name = 'canary 9' WHERE id = 19",
      'DELETE FROM users WHERE id = 4',
      "UPDATE users SET email = 'canary y' WHERE id = 5",
      'DROP TRIGGER strict',
    ]) {
      await here.database.query(mend).catch(() => undefined)
      const ended = await run('advance', PLAN, '--phase', 'enforce', '--verbose')
      codes.push(/PLAN_\w+/.exec(ended.err)?.[0] ?? `${ended.code}`)
      for (const args of LOOKING) await run(...args)
    }
    expect(codes).toEqual([
      ...['PLAN_POISON', 'PLAN_POISON', 'PLAN_NULL', 'PLAN_NULL'],
      ...['PLAN_DUPLICATE', 'PLAN_POISON', '0'],
    ])
    await run('rollback', '--json')
    await run('rollback')
    await run('rollback', '--yes')
    await clean(here, printed)
  })

  it('appear nowhere when the server refuses the login', async () => {
    const { here: opened, run, printed } = await watched(server, rename())
    await using here = opened
    await here.database.query(`ALTER USER ${here.database.name}@'%' IDENTIFIED BY 'another canary'`)
    for (const args of [['advance', PLAN], ...LOOKING]) expect((await run(...args)).code).toBe(8)
    for (const text of printed) expect(text).not.toContain('canary')
  })
})
