import { expect, test } from 'vitest'
import { describeEachMysql, describeEachPostgres, type Server } from '../support/databases.ts'
import { printed, runs, stage } from '../support/lives.ts'

const SETUP = ['CREATE TABLE users (id bigint PRIMARY KEY)', 'INSERT INTO users VALUES (1)']
const add = (type: string, value: string) =>
  `- add_column: { table: users, column: extra, type: ${type}, fill: { literal: ${value} } }`

function constants(server: Server): void {
  test('that are lists or maps fill a json column, for rows that are there and for old clients', async () => {
    const intents = add('json', '{ roles: ["it\'s", null], a: { b: 1.5, on: true } }')
    await using here = await stage(server, { setup: SETUP, intents })
    await runs(here, ['advance', 'life', '--phase', 'expand'])
    await here.database.query('INSERT INTO users (id) VALUES (2)')
    await runs(here, ['advance', 'life', '--phase', 'verify'])
    const rows = await printed(here.database, 'SELECT CAST(extra AS char(200)) FROM users ORDER BY id')
    const value = { roles: ["it's", null], a: { b: 1.5, on: true } }
    expect(rows.map(([one]) => JSON.parse(String(one)))).toEqual([value, value])
    await runs(here, ['rollback', 'life', '--yes'])
  })

  test('that are lists or maps are refused for columns of other types', async () => {
    await using here = await stage(server, { setup: SETUP, intents: add('varchar(100)', '[user]') })
    const { err } = await runs(here, ['advance', 'life'], [2])
    expect(err).toContain('a column of type varchar(100) cannot hold a list')
    expect(err).toContain('constants of json columns alone')
  })
}

describeEachPostgres('constants', constants)
describeEachMysql('constants', constants)
