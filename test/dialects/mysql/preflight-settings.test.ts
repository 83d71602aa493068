import { expect, it } from 'vitest'
import { until } from '../../support/command.ts'
import { createMysqlDatabase, otherMysql } from '../../support/mysql-databases.ts'
import { describePrivateMysql } from '../../support/private-mysql.ts'
import { look, notOk, one, TABLE } from './checked.ts'

const UNSAFE = {
  mysql: { read_only: 'ON', binlog_format: 'STATEMENT', performance_schema: 'OFF' },
  mariadb: {
    read_only: 'ON',
    binlog_format: 'STATEMENT',
    innodb_instant_alter_column_allowed: 'never',
  },
}

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql('settings', { kind, settings: UNSAFE[kind] }, (server) => {
    it('that stop or weaken the work are found', async () => {
      await using database = await createMysqlDatabase(server)
      await database.query(TABLE)
      const checks = await look(database, kind, database.name)
      expect(notOk(checks)).toEqual([
        'primary failed',
        ...(kind === 'mariadb' ? ['instant changes failed'] : []),
        'lock holders warning',
        'binary log failed',
        'durability warning',
      ])
      expect(one(checks, 'primary')?.says).toBe('the server is read-only (read_only)')
    })

    it('may be mended as the hints say', async () => {
      await using database = await createMysqlDatabase(server)
      await database.query(TABLE)
      await database.query('SET GLOBAL read_only = OFF')
      const before = await look(database, kind, database.name)
      for (const { outcome, hint } of before)
        if (outcome === 'failed') await database.query(hint.split(':')[0] ?? '')
      for (const [statement] of (one(before, 'durability')?.hint ?? '').matchAll(/SET GLOBAL \w+ = 1/g))
        await database.query(statement)
      const after = await look(database, kind, database.name)
      expect(notOk(after)).toEqual(['lock holders warning', 'durability warning'])
      expect(one(after, 'durability')?.says).toMatch(/^innodb_doublewrite is OFF: a crash may damage/)
      await database.query('SET GLOBAL binlog_format = MIXED')
      const mixed = one(await look(database, kind, database.name), 'replicated statements')
      expect(mixed).toMatchObject({ outcome: 'warning', lasting: true })
      await database.query(mixed?.hint.split(':')[0] ?? '')
      expect(one(await look(database, kind, database.name), 'replicated statements')).toBeUndefined()
      await database.query("SET GLOBAL sql_mode = 'NO_ENGINE_SUBSTITUTION'")
      const loose = one(await look(database, kind, database.name), 'strict mode')
      expect(loose?.outcome).toBe(kind === 'mysql' ? 'warning' : undefined)
      await database.query('SET GLOBAL sql_mode = DEFAULT')
      expect(one(await look(database, kind, database.name), 'strict mode')).toBeUndefined()
    })

    it('and a transaction that was prepared and is nobody’s', async () => {
      await using database = await createMysqlDatabase(server)
      await database.query(TABLE)
      const xid = `'${database.name}'`
      await database.query('SET GLOBAL read_only = OFF')
      await using other = await otherMysql(database)
      for (const sql of [
        `XA START ${xid}`,
        'INSERT INTO a VALUES (1, 1)',
        `XA END ${xid}`,
        `XA PREPARE ${xid}`,
      ])
        await other.query(sql)
      await database.query(`KILL ${other.id}`)
      // The list is made anew only when nobody has read it for a tenth of a second.
      const abandoned = async () => {
        await database.query('DO SLEEP(0.15)')
        return one(await look(database, kind, database.name), 'prepared transactions')
      }
      const found = await until('it is nobody’s', abandoned)
      expect(found).toMatchObject({ outcome: 'warning', hint: expect.stringContaining('XA RECOVER') })
      await database.query(`XA ROLLBACK ${xid}`)
      await until('it ends', async () => (await abandoned()) === undefined)
    })
  })

await describePrivateMysql('changes of columns', { kind: 'mysql' }, (server) => {
  it('that are instant are counted, and said before the table takes no more', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    const change = async (times: number) => {
      for (let n = 0; n < times; n++)
        await database.query(
          n % 2 === 0
            ? 'ALTER TABLE a ADD m INT, ALGORITHM = INSTANT'
            : 'ALTER TABLE a DROP m, ALGORITHM = INSTANT',
        )
    }
    await change(244)
    expect(one(await look(database, 'mysql', database.name), 'row versions')).toBeUndefined()
    await change(1)
    const found = one(await look(database, 'mysql', database.name), 'row versions')
    expect(found).toMatchObject({ outcome: 'warning', says: expect.stringContaining('245 of 255') })
    await database.query(found?.hint.split(': ')[1] ?? '')
    expect(one(await look(database, 'mysql', database.name), 'row versions')).toBeUndefined()
  })
})
