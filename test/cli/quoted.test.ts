import { expect, it } from 'vitest'
import { describePostgres } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { isMysql } from '../support/places.ts'
import { PLAN, planFile } from '../support/users.ts'
import { clean, watched } from './canaries.ts'

const add = (fields: string) => `add_column: { table: users, column: c, type: varchar(90), ${fields} }`
const split = (value: string, back: string) =>
  `split_column: { table: users, from: last_name, into: { c: { type: varchar(90), value: { sql: "${value}" } } }, back: { sql: "${back}" }, unparsed: fail }`

/** Plans with an expression that puts the value into what the server says, at each place where a plan can have one. */
const placesWith = (quoting: string, text: string): Readonly<Record<string, string>> => ({
  fill: planFile('fill', [add(`fill: { sql: "${text}" }, unparsed: fail`)]),
  value: planFile('value', [split(text, 'c')]),
  back: planFile('back', [split('last_name', text.replace('last_name', 'c'))]),
  check: planFile('check', [
    add(`fill: { column: last_name }, check: "${quoting.replace('last_name', 'c')} is not null"`),
  ]),
  invariant: planFile(
    'invariant',
    [add('fill: { column: last_name }')],
    `invariants: [{ name: fine, sql: "select id from users where ${quoting} is null" }]\n`,
  ),
  probe: planFile(
    'probe',
    [add('fill: { column: last_name }')],
    `checkpoints: { switch-app: { probes: [{ sql: { query: "select max(${text}) from users", equals: x } }] } }\n`,
  ),
})

const SETUP = {
  postgres: 'SELECT',
  mysql: `CREATE FUNCTION raising(v varchar(90)) RETURNS varchar(90) DETERMINISTIC
    BEGIN SIGNAL SQLSTATE '42S22' SET MYSQL_ERRNO = 1054, MESSAGE_TEXT = v; RETURN v; END`,
}
const PLANS = {
  postgres: placesWith('last_name::regconfig', 'last_name::regconfig::text'),
  mysql: placesWith('raising(last_name)', 'raising(last_name)'),
}
const LOOK = [['status', '--json'], ['log'], ['runbook'], ['verify', '--json']]

function everywhere(server: { url: string }): void {
  const kind = isMysql(server) ? 'mysql' : 'postgres'

  it('appear nowhere when an expression at any place of a plan makes the server quote them', async () => {
    const { here: opened, run, printed } = await watched(server, '', [SETUP[kind]])
    await using here = opened
    const lives = async (place: string, plan: string) => {
      await here.write(PLAN, plan)
      await run('compile', PLAN)
      const ended = [
        await run('advance', PLAN, '--phase', 'verify', '--json', '--verbose'),
        await run('confirm', 'switch-app', '--by', 'me', '--plan', place),
      ]
      for (const args of LOOK) await run(...args)
      await run('rollback', place, '--yes')
      // The way back is evaluated for clients that write the new shape, and for nobody else.
      if (place !== 'back') expect(Math.max(...ended.map(({ code }) => code ?? 0)), place).toBeGreaterThan(0)
    }
    for (const [place, plan] of Object.entries(PLANS[kind])) await lives(place, plan)
    await clean(here, printed)
    expect(printed.join('')).toMatch(/that it names is not there|error 42602/)
  })
}

describePostgres('values of rows', everywhere)
describeEachMysql('values of rows', everywhere)
