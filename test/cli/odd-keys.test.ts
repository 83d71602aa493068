import { expect, it } from 'vitest'
import { bench, done, type Ended, refused } from '../support/command.ts'
import { describeEachMysql, describeEachPostgres } from '../support/databases.ts'
import { isMysql } from '../support/places.ts'
import { PLAN, planFile } from '../support/users.ts'

/** A quote, a backslash, and what a replacement would take for a pattern. */
const KEY = String.raw`a\'b$&c$1\n`

const fill = (name: string, type: string, from: string, more = ''): string =>
  planFile(name, [
    `add_column: { table: "odd#rows", column: c, type: "${type}", fill: { cast: { column: ${from}, to: "${type}" } }${more} }`,
  ])

/** The query in a message by which a person can look at rows at fault. */
const seen = ({ err }: Ended): string => / to see some: (SELECT .*?\))(?:;|$)/m.exec(err)?.[1] ?? 'none'

function oddKeys(server: { url: string }): void {
  const [mark, escaped] = isMysql(server) ? ['`', KEY.replaceAll('\\', '\\\\')] : ['"', KEY]
  const setup = [
    `CREATE TABLE ${mark}odd#rows${mark} (k varchar(40) PRIMARY KEY, told varchar(40), n int NOT NULL)`,
    `INSERT INTO ${mark}odd#rows${mark} VALUES ('${escaped.replaceAll("'", "''")}', 'canary', 12345), ('plain', '1', 1)`,
  ]

  it('are found by the query that is printed for them, whatever is in a key and in the name of the table', async () => {
    await using here = await bench(server, setup, { [PLAN]: fill('age', 'int', 'told', ', unparsed: fail') })
    const ended = refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', '1 row')
    expect(ended.err).not.toContain('canary')
    expect(await here.database.query(seen(ended))).toMatchObject([{ k: KEY, told: 'canary' }])
  })

  it('are told of before anything is changed where a number or a text is longer than its column', async () => {
    await using here = await bench(server, setup)
    for (const [name, from] of [
      ['number', 'n'],
      ['words', 'told'],
    ] as const) {
      await here.write(PLAN, fill(name, 'varchar(3)', from, ', unparsed: fail'))
      const ended = refused(
        await here.plan('advance', PLAN),
        4,
        'PLAN_POISON',
        '1 row',
        'nothing was changed',
      )
      expect(await here.database.query(seen(ended))).toMatchObject([{ k: KEY }])
      done(await here.plan('rollback', name, '--yes'))
    }
  })
}

describeEachPostgres('rows at fault', oddKeys)
describeEachMysql('rows at fault', oddKeys)
