import { expect, it } from 'vitest'
import { type Bench, bench, done } from '../support/command.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { runScript } from '../support/script-client.ts'
import { addHandle, mysqlUsers, PLAN, planFile, users } from '../support/users.ts'

/** Rows for more than two batches by hand. */
const ROWS = 2_345

const script = async (here: Bench, plan: string, phase: string): Promise<void> =>
  runScript(here.database.url, await here.read(`plans/${plan}/${phase}.sql`))

const columnsOf = async (here: Bench): Promise<string[]> =>
  Object.keys((await here.database.query('SELECT * FROM users WHERE id = 1'))[0] ?? {})

const count = async (here: Bench, where: string): Promise<number> =>
  Number((await here.database.query(`SELECT count(*) AS n FROM users WHERE ${where}`))[0]?.['n'])

describeEachKind('scripts that a person runs', (server) => {
  const [setup, type] = isMysql(server) ? [mysqlUsers(ROWS), 'varchar(80)'] : [users(ROWS), 'text']
  const BEFORE = ['id', 'email', 'last_name']

  it('fill all rows in batches, and the plan goes on from there', async () => {
    await using here = await bench(server, setup, { [PLAN]: addHandle('', '', type) })
    done(await here.plan('compile', PLAN))
    await script(here, 'handles', 'expand')
    await script(here, 'handles', 'backfill')
    expect(await count(here, 'handle = lower(email)')).toBe(ROWS)
    await script(here, 'handles', 'backfill')
    done(await here.plan('adopt', PLAN))
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })

  it('undo what was done, however far that was, and nothing else', async () => {
    const both = planFile(
      'both',
      [
        'rename_column: { table: users, from: last_name, to: family_name }',
        `add_column: { table: users, column: handle, type: ${type}, required: true, unique: true, fill: { lower: { column: email } } }`,
      ],
      'contract: { hold: 1h }\n',
    )
    await using here = await bench(server, setup, { [PLAN]: both })
    done(await here.plan('compile', PLAN))
    await script(here, 'both', 'undo')
    expect(await columnsOf(here)).toEqual(BEFORE)
    for (const phase of ['expand', 'backfill', 'enforce']) await script(here, 'both', phase)
    expect(await count(here, 'family_name = last_name AND handle = lower(email)')).toBe(ROWS)
    await script(here, 'both', 'undo')
    expect(await columnsOf(here)).toEqual(BEFORE)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    done(await here.plan('confirm', 'switch-app', '--plan', 'both', '--by', 'me'))
    expect((await here.plan('advance', PLAN, '--phase', 'contract', '--yes')).code).toBe(3)
    await script(here, 'both', 'undo')
    expect(await columnsOf(here)).toEqual(BEFORE)
    expect(await count(here, 'last_name IS NOT NULL')).toBe(ROWS)
  })

  it('bring back what a backfill has overwritten, and do nothing a second time', async () => {
    const over = planFile(
      'over',
      ['backfill: { table: users, set: { last_name: { literal: same } } }'],
      'contract: { archive: true }\n',
    )
    await using here = await bench(server, setup, { [PLAN]: over })
    done(await here.plan('compile', PLAN))
    const rows = () => here.database.query('SELECT id, email, last_name FROM users ORDER BY id')
    const before = await rows()
    await script(here, 'over', 'undo')
    expect(await rows()).toEqual(before)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await count(here, `last_name = 'same'`)).toBe(ROWS)
    await here.database.query(`UPDATE users SET last_name = 'mine' WHERE id = 7`)
    for (let times = 0; times < 2; times++) {
      await script(here, 'over', 'undo')
      expect(await rows()).toEqual(
        before.map((row) => (Number(row['id']) === 7 ? { ...row, last_name: 'mine' } : row)),
      )
    }
  })
})
