import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compile } from '../../src/compiler/compile.ts'
import { loadLanguage } from '../../src/dialects/registry.ts'
import { PlanError } from '../../src/errors.ts'
import { defineDocumentIntent, defineIntent, type Intent } from '../../src/intents/define.ts'
import { nothing } from '../../src/intents/documents/outline.ts'
import { catalogueOf } from '../../src/intents/plans.ts'
import { refOf } from '../../src/intents/tables/context.ts'
import { outlineOf } from '../../src/intents/tables/outline.ts'
import { check } from '../../src/intents/tables/parts/check.ts'
import { newIndex } from '../../src/intents/tables/parts/new-index.ts'
import { tableName } from '../../src/intents/tables/shapes.ts'
import { name, text } from '../../src/plan/grammar.ts'
import { planReader } from '../../src/plan/reader.ts'
import type { Program } from '../../src/program/program.ts'
import { requireColumn, requireTable } from '../../src/schema/lookup.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'

/** An intent of existing parts, made here: an index and a condition on a column that is there. */
const guardColumn = defineIntent({
  kind: 'guard_column',
  shape: z.strictObject({ table: tableName, column: name, sql: text }),
  outline(wish, context) {
    const on = requireTable(context.snapshot, wish.table, context.at('table'))
    const { type } = requireColumn(on, wish.column, context.at('column'))
    const at = context.at('sql')
    return outlineOf(
      refOf(on),
      { watch: [wish.column] },
      newIndex(context, on, {
        columns: [{ name: wish.column, type }],
        unique: false,
        at: context.at('column'),
      }),
      check(context, on, `${on.name}_${wish.column}_guard`, wish.sql, at),
    )
  },
})

/** One that changes several tables: an index on the same column of each. */
const indexAll = defineIntent({
  kind: 'index_all',
  shape: z.strictObject({ tables: z.array(tableName), column: name }),
  outline: ({ tables, column }, context) =>
    tables.map((one, place) => {
      const on = requireTable(context.snapshot, one, context.at('tables', place))
      const { type } = requireColumn(on, column, context.at('column'))
      const at = context.at('column')
      return outlineOf(
        refOf(on),
        { watch: [column] },
        newIndex(context, on, { columns: [{ name: column, type }], unique: false, at }),
      )
    }),
})

const on = snapshot({
  tables: ['users', 'posts'].map((name) => table(name, [id(), column('state', 'text'), column('n', 'int')])),
})
const language = await loadLanguage('postgres')

const read = (intents: readonly Intent[], entries: string) =>
  planReader(catalogueOf(intents)).parse('plan.yaml', `version: 1\nname: a-plan\nintents:\n${entries}`)

function compiled(intents: readonly Intent[], entries: string): Program {
  const parsed = read(intents, entries)
  if ('findings' in parsed) throw PlanError.of(parsed.findings)
  return compile(parsed.plan, parsed.source, on, language)
}

const steps = ({ phases }: Program): string[] =>
  phases.flatMap(({ steps }) =>
    steps.flatMap(({ parts }) =>
      parts.map(({ action }) =>
        'name' in action && 'table' in action
          ? `${action.do} ${action.table.name} ${action.name}`
          : 'checks' in action
            ? `${action.do} ${action.checks.table.name}`
            : action.do,
      ),
    ),
  )

describe('an intent made of parts that are there', () => {
  it('compiles without a word in the compiler', () => {
    const program = compiled(
      [guardColumn],
      '  - guard_column: { table: users, column: state, sql: "state <> \'\'" }\n',
    )
    expect(steps(program)).toEqual([
      'create_index users users_state_idx',
      'add_constraint users users_state_guard',
      'validate_constraint users users_state_guard',
      'prove_catalogue users',
    ])
    expect(program.watch).toMatchObject([{ columns: ['state'] }])
    expect(JSON.parse(JSON.stringify(program))).toEqual(program)
  })

  it('may change several tables, each of which gets all that the plan asks of it', () => {
    const program = compiled(
      [guardColumn, indexAll],
      [
        '  - index_all: { tables: [users, posts], column: n }\n',
        '  - guard_column: { table: posts, column: state, sql: "state <> \'\'" }\n',
      ].join(''),
    )
    expect(steps(program)).toEqual([
      'create_index users users_n_idx',
      'create_index posts posts_n_idx',
      'create_index posts posts_state_idx',
      'add_constraint posts posts_state_guard',
      'validate_constraint posts posts_state_guard',
      'prove_catalogue users',
      'prove_catalogue posts',
    ])
    expect(program.watch.map(({ table, columns }) => [table.name, columns])).toEqual([
      ['users', ['n']],
      ['posts', ['n', 'state']],
    ])
  })

  it('is refused with its place, beside what else is wrong', () => {
    const entries = [
      '  - guard_column: { table: users, column: stat, sql: "true" }\n',
      '  - index_all: { tables: [users, post], column: n }\n',
    ] as const
    const parsed = read([guardColumn, indexAll], entries.join(''))
    if ('findings' in parsed) throw PlanError.of(parsed.findings)
    expect(() => compile(parsed.plan, parsed.source, on, language)).toThrow(
      expect.objectContaining({
        findings: [
          expect.objectContaining({
            at: { file: 'plan.yaml', line: 4, column: entries[0].indexOf('stat,') + 1 },
          }),
          expect.objectContaining({
            at: { file: 'plan.yaml', line: 5, column: entries[1].indexOf('post]') + 1 },
          }),
        ],
      }),
    )
  })
})

describe('tables and documents with an intent of the same kind', () => {
  const ofTables = defineIntent({
    kind: 'touch',
    shape: z.strictObject({ table: tableName, names: z.array(name) }),
    outline: () => [],
  })
  const ofDocuments = defineDocumentIntent({
    kind: 'touch',
    shape: z.strictObject({ collection: name, fields: z.array(name) }),
    outline: ({ collection }, { snapshot }) => nothing({ schema: snapshot.schema, name: collection }),
  })
  const findings = (entry: string) => {
    const parsed = read([ofTables, ofDocuments], `  - touch: ${entry}\n`)
    return 'findings' in parsed
      ? parsed.findings.map(({ message }) => message)
      : parsed.plan.intents.map(({ model }) => model)
  }

  it.each([
    ['{ table: users, names: [a] }', ['tables']],
    ['{ collection: users, fields: [a] }', ['documents']],
    ['{ collection: users, field: [a] }', ['missing key "fields"', 'unknown key "field"']],
    ['{ table: users, name: [a] }', ['missing key "names"', 'unknown key "name"']],
    ['{ names: [a] }', ['missing key "table"']],
  ])('are told apart by the collection: %s', (entry, told) => {
    expect(findings(entry).sort()).toEqual(told)
  })
})
