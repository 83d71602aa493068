import mysql from 'mysql2/promise'
import { expect, test } from 'vitest'
import { requirePhase } from '../../src/index.ts'
import { plan, planFolder } from '../support/cli.ts'
import { done } from '../support/command.ts'
import { createDatabase, describeEachMysql, describeEachPostgres } from '../support/databases.ts'
import { MONGO_PLAN, mongoBench } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { createMysqlDatabase } from '../support/mysql-databases.ts'

const PLAN = 'version: 1\nname: life\nintents:\n  - rename_column: { table: users, from: a, to: b }\n'
const USERS = 'CREATE TABLE users (id bigint PRIMARY KEY, a varchar(20))'

describeEachPostgres('an application of pg', (server) => {
  test('starts once the phase that it asks for is done', async () => {
    await using database = await createDatabase(server)
    await database.query(USERS)
    await starts(database, database.client)
  })
})

describeEachMysql('an application of mysql2', (server) => {
  test('starts once the phase that it asks for is done', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(USERS)
    const pool = mysql.createPool(database.url.replace(/^mariadb:/, 'mysql:'))
    try {
      await starts(database, pool)
    } finally {
      await pool.end()
    }
  })
})

describeEachMongo('an application of mongodb', (server) => {
  test('starts once the phase that it asks for is done', async () => {
    await using here = await mongoBench(server, 3)
    const asks = (name: string) => requirePhase(here.db, name, 'expand')
    await expect(asks('rename')).rejects.toMatchObject(says('has no ledger plan'))
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'expand'))
    expect(await asks('rename')).toBe('expand')
    await expect(asks('renam')).rejects.toMatchObject(says('did you mean rename?'))
  })
})

const says = (text: string) => ({ code: 'PLAN_WAITING', message: expect.stringContaining(text) })

async function starts(database: { readonly url: string }, client: Parameters<typeof requirePhase>[0]) {
  await using folder = await planFolder(PLAN)
  await expect(requirePhase(client, 'life', 'backfill')).rejects.toMatchObject(
    says('has no ledger plan, so no plan has been started'),
  )
  await plan(database, folder.path, ['advance', 'life', '--phase', 'expand'])
  await expect(requirePhase(client, 'life', 'backfill')).rejects.toThrow(
    'life has not completed backfill, only expand',
  )
  await plan(database, folder.path, ['advance', 'life', '--phase', 'verify'])
  expect(await requirePhase(client, 'life', 'backfill')).toBe('verify')
  await expect(requirePhase(client, 'lief', 'backfill')).rejects.toMatchObject(
    says('knows no plan of that name; did you mean life?'),
  )
}
