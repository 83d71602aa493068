import { expect, test } from 'vitest'
import { runs, stage } from './lives.ts'
import type { LiveServer } from './lives-database.ts'

/** A plan that no archive can take back: what it says, and what to do instead. */
export type Unkept = {
  readonly says: string
  readonly setup?: readonly string[]
  readonly intents: string
  readonly because: RegExp
  readonly hint: RegExp
}

const TABLE = 'CREATE TABLE people (id bigint PRIMARY KEY, code varchar(20), name varchar(20))'
const DROP = '- drop_column: { table: people, column: name }'
const GROWS = '- change_type: { table: people, column: code, to: varchar(40) }'
const MODULE = '{ module: ./hash.mjs#hash }'

/** What no database can take back. */
export const UNKEPT: readonly Unkept[] = [
  {
    says: 'a drop beside a type that is changed for good',
    intents: `${DROP}\n${GROWS}`,
    because: /contract changes the type of people\.code for good/,
    hint: /a plan of its own, or leave archive out/,
  },
  {
    says: 'a backfill beside a type that is changed for good',
    intents: `- backfill: { table: people, set: { name: { literal: x } } }\n${GROWS}`,
    because: /contract changes the type of people\.code for good/,
    hint: /a plan of its own, or leave archive out/,
  },
  {
    says: 'a backfill by a module',
    intents: `- backfill: { table: people, set: { name: ${MODULE} } }`,
    because: /not built yet for a backfill whose values a module computes/,
    hint: /copy them to a column or a table of your own first/,
  },
  {
    says: 'a drop beside a column that a module fills',
    intents: `${DROP}\n- add_column: { table: people, column: hash, type: varchar(40), fill: ${MODULE} }`,
    because: /not built yet for a plan that also fills a column by a module/,
    hint: /make two plans/,
  },
]

/** Each of these plans is refused when it is compiled. */
export function refusesToKeep(server: LiveServer, unkept: readonly Unkept[]): void {
  for (const { says, setup = [TABLE], intents, because, hint } of unkept)
    test(`an archive is refused for ${says}`, async () => {
      await using here = await stage(server, {
        ...{ setup, intents, archive: true },
        files: { 'hash.mjs': 'export const hash = () => 1' },
      })
      const { err } = await runs(here, ['compile', 'plans/plan.yaml'], [2])
      const said = err.replaceAll('`', '')
      expect(said).toMatch(because)
      expect(said).toMatch(new RegExp(`hint: .*${hint.source}`))
    })
}
