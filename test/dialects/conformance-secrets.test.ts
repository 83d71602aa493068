import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { PlanError } from '../../src/errors.ts'
import { describeEachDatabase, openNear, openOn, refusal } from '../support/conformance.ts'

/** All that somebody could print of an error. */
const all = (error: unknown): string =>
  inspect(error, { depth: 12, showHidden: true }) + JSON.stringify(error)

describeEachDatabase('an error about a row', (subject) => {
  const SECRET = 'sesame-4711'

  it('holds no value of it, wherever that came from', async () => {
    await using here = await subject.create()
    await here.query('CREATE TABLE parents (id int PRIMARY KEY)')
    await here.query(
      `CREATE TABLE a (id varchar(20) PRIMARY KEY, n int NOT NULL CHECK (n <> 4712), d date, s varchar(5),
        p int, FOREIGN KEY (p) REFERENCES parents (id))`,
    )
    await here.query(`INSERT INTO a (id, n) VALUES ('${SECRET}', 1), ('4711', 1)`)
    await using engine = await openNear(here)
    const failing: readonly (readonly [sql: string, values: readonly unknown[], code: string])[] = [
      ['INSERT INTO a (id, n) VALUES ($1, 1)', [SECRET], 'PLAN_DUPLICATE'],
      [`INSERT INTO a (id, n) VALUES ('${SECRET}', 1)`, [], 'PLAN_DUPLICATE'],
      [`UPDATE a SET id = '${SECRET}'`, [], 'PLAN_DUPLICATE'],
      ['INSERT INTO a (id, n) VALUES ($2, $1)', [SECRET, 'x'], 'PLAN_POISON'],
      ['UPDATE a SET d = $1', [SECRET], 'PLAN_POISON'],
      ['UPDATE a SET s = id', [], 'PLAN_POISON'],
      ['UPDATE a SET n = $1', [4712], 'PLAN_INVARIANT'],
      ['UPDATE a SET p = $1', [4711], 'PLAN_INVARIANT'],
      [`UPDATE a SET n = NULL WHERE id = '${SECRET}'`, [], 'PLAN_NULL'],
      [`SELECT '${SECRET}' FROM nowhere`, [], 'PLAN_DATABASE'],
      [`ALTER TABLE a ADD CONSTRAINT few CHECK (id <> '${SECRET}')`, [], 'PLAN_INVARIANT'],
      [`SELECT '${SECRET}' FROM a WHERE (`, [], 'PLAN_DATABASE'],
    ]
    for (const [sql, values, code] of failing) {
      const error = await refusal(engine.session.query(sql, values))
      expect(error, sql).toBeInstanceOf(PlanError)
      expect(error, sql).toMatchObject({ code, hint: expect.stringMatching(/./) })
      expect(all(error), sql).not.toMatch(/sesame|471[12]/)
    }
  })

  it('holds none from a transaction or a statement by itself either', async () => {
    await using here = await subject.create()
    await here.query(`CREATE TABLE a (id varchar(20))`)
    await here.query(`INSERT INTO a VALUES ('${SECRET}'), ('${SECRET}')`)
    await using engine = await openNear(here)
    const unique = 'ALTER TABLE a ADD CONSTRAINT one_each UNIQUE (id)'
    for (const asked of [
      () => engine.session.autonomous(unique, { lockTimeout: 5000 }),
      () => engine.session.transaction({ lockTimeout: 5000 }, () => engine.session.query(unique)),
    ]) {
      const error = await refusal(asked())
      expect(error).toMatchObject({ code: 'PLAN_DUPLICATE' })
      expect(all(error)).not.toContain('sesame')
    }
  })
})

describeEachDatabase('an error about a connection', (subject) => {
  const PASSWORD = 'open-sesame'
  const urls: Readonly<Record<string, (url: URL) => string>> = {
    'a user that there is not': (url) => url.href,
    'a database that there is not': (url) => Object.assign(url, { pathname: '/nowhere_at_all' }).href,
    // Where nobody listens, and where nobody could.
    'a port that nobody has': (url) => Object.assign(url, { port: '1' }).href,
    'a host that there is not': (url) => Object.assign(url, { hostname: 'nowhere.invalid' }).href,
    'a URL that cannot be read': (url) => url.href.replace(PASSWORD, `${PASSWORD}%ZZ`),
    'a password with a slash in it': (url) => url.href.replace(PASSWORD, `${PASSWORD}/x#?[`),
  }

  for (const [name, change] of Object.entries(urls))
    it(`does not tell the password: ${name}`, async () => {
      await using here = await subject.create()
      const url = change(Object.assign(new URL(here.url), { username: 'nobody_here', password: PASSWORD }))
      const error = await refusal(openOn({ url }))
      expect(error).toBeInstanceOf(PlanError)
      expect((error as PlanError).code).toMatch(/^PLAN_(CONNECT|USAGE)$/)
      expect(all(error)).not.toContain('sesame')
    })
})
