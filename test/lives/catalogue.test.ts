import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from '../support/catalogue.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { advanceTo, all, dump, runs, stage, targetDump } from '../support/lives.ts'
import { createLive } from '../support/lives-database.ts'

describeEachPostgres('after a rename', (server) => {
  test('indexes are in their tablespaces, whatever a database says of new ones, the parts of a foreign key have their names, and statistics their owner', async () => {
    const place = `place_${randomBytes(4).toString('hex')}`
    await using owner = await createLive(server)
    await all(owner, [
      'SET allow_in_place_tablespaces = on',
      `CREATE TABLESPACE ${place} LOCATION ''`,
      `CREATE ROLE ${place}`,
    ])
    try {
      const life = {
        name: 'places',
        setup: [
          'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL)',
          `CREATE INDEX users_where ON users (email) WITH (fillfactor = 70) TABLESPACE ${place} WHERE email <> ' WHERE ('`,
          `CREATE UNIQUE INDEX users_one ON users (lower(email)) TABLESPACE ${place}`,
          'CREATE INDEX users_other ON users (email, id)',
          'CREATE STATISTICS users_together ON email, id FROM users',
          `ALTER STATISTICS users_together OWNER TO ${place}`,
          'CREATE TABLE teams (id int PRIMARY KEY) PARTITION BY RANGE (id)',
          'CREATE TABLE teams_low PARTITION OF teams FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id)',
          'CREATE TABLE teams_lowest PARTITION OF teams_low FOR VALUES FROM (0) TO (5)',
          'CREATE TABLE "Teams high" PARTITION OF teams FOR VALUES FROM (10) TO (20)',
          'ALTER TABLE users ADD team int CONSTRAINT "Users 100% team" REFERENCES teams ON DELETE CASCADE',
          `COMMENT ON CONSTRAINT "Users 100% team" ON users IS 'theirs'`,
          `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_tablespace = ${place}', current_database()); END $$`,
        ],
        intents:
          '- rename_column: { table: users, from: email, to: mail }\n- rename_column: { table: users, from: team, to: squad }',
        target: ['ALTER TABLE users RENAME email TO mail', 'ALTER TABLE users RENAME team TO squad'],
      }
      await using here = await stage(server, life)
      const { out, err } = await runs(here, ['compile', 'plans/plan.yaml'])
      const said = `${out}${err}`.replaceAll(/\s+/g, ' ')
      expect(said).toContain(`ALTER STATISTICS "public"."users_together" OWNER TO "${place}"`)
      await advanceTo(here, 'contract')
      const anew =
        'ALTER TABLE "public"."users" DROP CONSTRAINT "Users 100% team", ADD CONSTRAINT "Users 100% team" FOREIGN KEY ("squad") REFERENCES public.teams(id) ON DELETE CASCADE; COMMENT ON CONSTRAINT "Users 100% team" ON "public"."users" IS \'theirs\''
      // Up to 17 VALIDATE leaves out the parts of a key, and by itself none of them can be validated.
      const leaves = server.number < 180000
      const known = (lines: readonly string[]) =>
        lines.map((line) =>
          leaves && line.includes('"local":false')
            ? line.replaceAll(/ NOT VALID|"validated":\w+/g, '')
            : line,
        )
      const wished = known(await targetDump(server, life))
      expect(catalogueChanges(wished, known(await dump(here)))).toEqual(UNCHANGED)
      expect(said.includes('stay NOT VALID')).toBe(leaves)
      if (!leaves) return
      expect(said).toContain(anew)
      await here.database.query(anew)
      const made = await targetDump(server, { ...life, target: [...life.target, anew] })
      expect(catalogueChanges(made, await dump(here))).toEqual(UNCHANGED)
    } finally {
      await all(owner, [`DROP TABLESPACE ${place}`, `DROP ROLE ${place}`]).catch(() => {})
    }
  })
})

describeEachPostgres(
  'an index and a check whose function needs more than the server’s own names',
  (server) => {
    test('are said at compile, and are made again once the function has a path', async () => {
      await using here = await stage(server, {
        setup: [
          "CREATE FUNCTION inner_one(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
          "CREATE FUNCTION outer_one(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN inner_one($1); END'",
          'ALTER FUNCTION outer_one SET search_path = public',
          "CREATE TABLE users (id int PRIMARY KEY, email text CONSTRAINT users_checked CHECK (outer_one(email) <> ''))",
          "INSERT INTO users VALUES (1, 'A')",
          'CREATE INDEX users_outer ON users (outer_one(email))',
          'ALTER FUNCTION outer_one RESET search_path',
        ],
        intents: '- rename_column: { table: users, from: email, to: mail }',
      })
      const said = async () => {
        const { out, err } = await runs(here, ['compile', 'plans/plan.yaml'])
        return `${out}${err}`.replaceAll(/\s+/g, ' ')
      }
      expect(await said()).toMatch(
        /users_outer, users_checked call public.outer_one, which looks names up by the path/,
      )
      await here.database.query('ALTER FUNCTION public.outer_one SET search_path = public')
      expect(await said()).not.toContain('outer_one')
      await advanceTo(here, 'enforce')
    })
  },
)
