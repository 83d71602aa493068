import mysql from 'mysql2/promise'
import { expect, test } from 'vitest'
import { requirePhase } from '../../src/index.ts'
import { plan, planFolder } from '../support/cli.ts'
import { createDatabase, describeEachMysql, describeEachPostgres } from '../support/databases.ts'
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

async function starts(database: { readonly url: string }, client: Parameters<typeof requirePhase>[0]) {
  await using folder = await planFolder(PLAN)
  await plan(database, folder.path, ['advance', 'life', '--phase', 'expand'])
  await expect(requirePhase(client, 'life', 'backfill')).rejects.toThrow(
    'life has not completed backfill, only expand',
  )
  await plan(database, folder.path, ['advance', 'life', '--phase', 'verify'])
  expect(await requirePhase(client, 'life', 'backfill')).toBe('verify')
}
