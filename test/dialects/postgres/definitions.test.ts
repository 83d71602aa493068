import { beforeAll, describe, expect, it } from 'vitest'
import { renameColumn, renameObject } from '../../../src/dialects/postgres/language/definitions.ts'
import { loadParser } from '../../../src/dialects/postgres/language/parser.ts'

beforeAll(loadParser)

describe('a definition with another column', () => {
  it.each([
    [
      'plain',
      'CREATE INDEX i ON app.users USING btree (last_name)',
      'CREATE INDEX i ON app.users USING btree ("family")',
    ],
    [
      'expression, opclass, order, INCLUDE and predicate',
      "CREATE UNIQUE INDEX i ON app.users USING btree (lower(last_name) text_pattern_ops DESC NULLS LAST) INCLUDE (last_name) WITH (fillfactor='70') WHERE (last_name IS NOT NULL)",
      `CREATE UNIQUE INDEX i ON app.users USING btree (lower("family") text_pattern_ops DESC NULLS LAST) INCLUDE ("family") WITH (fillfactor='70') WHERE ("family" IS NOT NULL)`,
    ],
    [
      'a string, a function, a table and an index of the same name',
      "CREATE INDEX last_name ON app.last_name USING btree (last_name(last_name), ('last_name'::text))",
      `CREATE INDEX last_name ON app.last_name USING btree (last_name("family"), ('last_name'::text))`,
    ],
    [
      'a type of the same name',
      'CHECK ((last_name)::app.last_name IS NOT NULL)',
      'CHECK (("family")::app.last_name IS NOT NULL)',
    ],
    [
      'a longer name that holds it',
      'CHECK (last_name_old <> last_name)',
      'CHECK (last_name_old <> "family")',
    ],
    [
      'a check beside umlauts',
      "CHECK ((last_name <> 'ÄÖ'::text) AND (last_name <> ''::text))",
      `CHECK (("family" <> 'ÄÖ'::text) AND ("family" <> ''::text))`,
    ],
    [
      'a foreign key, on its own side only',
      'FOREIGN KEY (team, last_name) REFERENCES app.names(team, last_name) ON DELETE SET NULL (last_name)',
      'FOREIGN KEY (team, "family") REFERENCES app.names(team, last_name) ON DELETE SET NULL ("family")',
    ],
    [
      'statistics',
      'CREATE STATISTICS app.s (ndistinct) ON team, lower(last_name) FROM app.users',
      'CREATE STATISTICS app.s (ndistinct) ON team, lower("family") FROM app.users',
    ],
  ])('%s', (_, before, after) => {
    expect(renameColumn(before, 'last_name', 'family')).toBe(after)
  })

  it('finds quoted columns, and quotes what needs it', () => {
    expect(renameColumn('CREATE INDEX i ON t USING btree ("Last ""Name""")', 'Last "Name"', 'order')).toBe(
      'CREATE INDEX i ON t USING btree ("order")',
    )
  })

  it('is an error rather than a guess when the parser does not know it', () => {
    expect(() => renameColumn('CREATE INDEX i ON t (last_name', 'last_name', 'x')).toThrow('does not know')
  })
})

describe('an object under another name', () => {
  it('is an index that is built concurrently', () => {
    expect(renameObject('CREATE UNIQUE INDEX "a b" ON ONLY app.t USING btree (index)', 'c')).toBe(
      'CREATE UNIQUE INDEX CONCURRENTLY "c" ON ONLY app.t USING btree (index)',
    )
  })

  it('or statistics, in their schema', () => {
    expect(renameObject('CREATE STATISTICS app.s ON a, b FROM app.t', 'S2')).toBe(
      'CREATE STATISTICS app."S2" ON a, b FROM app.t',
    )
  })
})
