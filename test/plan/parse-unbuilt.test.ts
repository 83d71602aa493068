import { describe, expect, it } from 'vitest'
import { BUILT, findings, GOOD, intent } from './parsing.ts'

describe('what the specification has and this version has not is refused by name', () => {
  const INTENTS = [...['rename_table', 'move_columns', 'extract_table', 'add_foreign_key']]
  it.each(INTENTS)('the intent %s', (kind) => {
    expect(findings(intent(`${kind}: { table: users }`))).toEqual([
      `4:5 PLAN_NOT_BUILT ${kind} is not built yet | built are: ${BUILT}`,
    ])
  })

  it.each([
    [
      'invariants: [{ name: a, sql: b, expect: some }]',
      '41',
      'expect: some is not built yet | write expect: none, or leave it out',
    ],
  ])('%s', (line, column, expected) => {
    expect(findings(`${GOOD}${line}\n`)).toEqual([`5:${column} PLAN_NOT_BUILT ${expected}`])
  })

  it('the view of a rename', () => {
    expect(findings(intent('rename_column: { table: t, from: a, to: b, via: view }'))).toEqual([
      '4:53 PLAN_NOT_BUILT via: view is not built yet | write via: column, or leave it out',
    ])
  })
})
