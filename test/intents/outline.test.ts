import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadLanguage } from '../../src/dialects/registry.ts'
import * as documents from '../../src/intents/documents/outline.ts'
import { parsePlan } from '../../src/intents/plans.ts'
import * as tables from '../../src/intents/tables/outline.ts'
import type { Program } from '../../src/program/program.ts'
import type { Phase } from '../../src/program/step.ts'
import { compiled } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'

const TABLE = { schema: 'app', name: 'users' }

/** An outline in which each list holds some numbers, and what can be there once is there or not: laws need no meaning. */
const drawn = <Outline extends object>(empty: Outline) =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(empty)
          .filter(([field]) => field !== 'table')
          .map(([field, value]) => [
            field,
            Array.isArray(value) ? fc.array(fc.nat(9), { maxLength: 3 }) : fc.option(fc.nat(9)),
          ]),
      ),
    )
    .map((fields) => ({ ...empty, ...fields }) as Outline)

describe.each([
  { of: 'a table', nothing: tables.nothing(TABLE), combine: tables.combine },
  { of: 'a collection', nothing: documents.nothing(TABLE), combine: documents.combine },
] as { of: string; nothing: object; combine: (a: object, b: object) => object }[])(
  'outlines of $of',
  ({ nothing, combine }) => {
    const outline = drawn(nothing)

    it('are left as they are by nothing, from either side', () => {
      fc.assert(
        fc.property(outline, (one) => {
          expect(combine(nothing, one)).toEqual(one)
          expect(combine(one, nothing)).toEqual(one)
        }),
      )
    })

    it('combine to the same, whichever two of three are combined first', () => {
      fc.assert(
        fc.property(outline, outline, outline, (a, b, c) => {
          expect(combine(combine(a, b), c)).toEqual(combine(a, combine(b, c)))
        }),
      )
    })

    it('lose nothing of either when they are combined', () => {
      fc.assert(
        fc.property(outline, outline, (a, b) => {
          const both = combine(a, b) as Record<string, unknown>
          for (const [field, value] of Object.entries(a))
            if (Array.isArray(value)) expect(both[field]).toEqual([...value, ...(b as never)[field]])
            else expect(both[field]).toEqual(value ?? (b as never)[field])
        }),
      )
    })
  },
)

describe('the program of several intents on one table', async () => {
  const language = await loadLanguage('postgres')
  if ('model' in language) throw new Error('a language of tables')
  const on = snapshot({
    tables: [
      table('users', [
        id(),
        column('last_name', 'text', { notNull: true }),
        column('full_name'),
        column('team', 'bigint'),
      ]),
    ],
  })
  const ASKED = [
    'rename_column: { table: users, from: last_name, to: family_name }',
    'add_column: { table: users, column: email, type: text, fill: { lower: { column: full_name } }, index: true }',
    'add_column: { table: users, column: state, type: text, default: active, required: true }',
    'add_column: { table: users, column: made, type: timestamptz, default: { sql: clock_timestamp() }, required: true }',
    'rename_column: { table: users, from: team, to: team_id }',
    'split_column: { table: users, from: full_name, into: { first: { type: text, value: { column: full_name }, index: true } }, back: { column: first } }',
  ]

  const actions = ({ phases }: Program, phase: Phase) =>
    phases
      .filter((one) => one.phase === phase)
      .flatMap(({ steps }) => steps.flatMap(({ parts }) => parts.map(({ action }) => action)))

  it('holds what their outlines give, folded in their order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ASKED, { minLength: 1 }), (all) => {
        const text = `version: 1\nname: a-plan\nintents:\n${all.map((one) => `  - ${one}\n`).join('')}`
        const parsed = parsePlan('plan.yaml', text)
        if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings))
        const { plan, source } = parsed
        const whole = plan.intents
          .flatMap((asked) =>
            asked.model === 'tables'
              ? asked.outlines({
                  ...{
                    plan: plan.name,
                    archives: false,
                    onConflict: plan.onConflict,
                    sync: plan.sync,
                    modules: {},
                    snapshot: on,
                    language,
                  },
                  traits: language.traits(on.server.number),
                  at: (...inner) => source.at([...asked.path, ...inner]),
                })
              : [],
          )
          .reduce(tables.combine, tables.nothing(TABLE))
        const program = compiled(text, on)
        expect(actions(program, 'enforce')).toEqual(whole.enforce)
        expect(actions(program, 'backfill')).toMatchObject(
          whole.fills.length > 0 ? [{ groups: whole.fills }] : [],
        )
        expect(actions(program, 'verify').filter((one) => one.do === 'prove_rows')).toMatchObject(
          whole.rules.length > 0 ? [{ rules: whole.rules }] : [],
        )
        expect(program.watch).toMatchObject([{ columns: [...new Set(whole.watch)] }])
        expect(actions(program, 'expand').slice(0, whole.expand.length)).toMatchObject(whole.expand)
        expect(program.retires.flatMap(({ columns }) => columns)).toEqual(
          whole.retire.map((one) => one.column),
        )
        expect(program.warnings).toEqual(expect.arrayContaining([...whole.warnings]))
      }),
      { numRuns: 40 },
    )
  })
})
