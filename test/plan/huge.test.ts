import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../src/intents/plans.ts'
import { findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'
import { rename } from '../support/users.ts'

const findings = (text: string) => {
  const read = parsePlan('plan.yaml', text)
  return 'findings' in read ? read.findings : []
}

describe('a file that is not meant well', () => {
  const MANY: Readonly<Record<string, string>> = {
    'unknown keys': Array.from({ length: 20_000 }, (_, n) => `k${n}: 1\n`).join(''),
    'keys that are there twice': Array.from({ length: 20_000 }, () => 'k: 1\n').join(''),
    'intents that are none': `intents: [${'{ a: 1 }, '.repeat(20_000)}]\n`,
  }

  it.for(Object.keys(MANY))(
    'with %s gets the first hundred findings, and is told that there are more',
    (name) => {
      const found = findings(`version: 1\nname: a\n${MANY[name]}`)
      expect(found).toHaveLength(101)
      expect(found.at(-1)?.message).toBe('these are the first 100; there are more of them')
    },
  )

  it('with too many aliases is not walked through for each of them', () => {
    const text = `version: 1\nname: a\nowners: [&a x, ${'*a, '.repeat(20_000)}]\n`
    expect(findings(text).map(({ message }) => message)).toEqual([
      'the file repeats itself through too many aliases',
    ])
  })

  it('that is nested too deeply is refused', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{ a: ', ' }'],
    ] as const)
      for (const depth of [400, 5_000]) {
        const text = `${rename()}owners: ${open.repeat(depth)}1${close.repeat(depth)}\n`
        expect(findings(text).map(({ message }) => message)).toEqual(['the file is nested too deeply'])
      }
  })
})

describe('an expression of thousands of terms', () => {
  const terms = Array.from({ length: 20_000 }, () => 'id').join(' + ')
  const users = snapshot({ tables: [table('users', [id(), column('full')])] })
  const PLACES = {
    fill: planOf(`add_column: { table: users, column: c, type: bigint, fill: { sql: "${terms}" } }`),
    check: planOf(`add_column: { table: users, column: c, type: bigint, check: "${terms} > 0" }`),
    invariant: planOf(
      'add_column: { table: users, column: c, type: bigint }',
      `invariants: [{ name: a, sql: "select ${terms} from users" }]\n`,
    ),
    probe: planOf(
      'rename_column: { table: users, from: full, to: c }',
      `checkpoints: { switch-app: { probes: [{ sql: { query: "select ${terms} from users", equals: 1 } }] } }\n`,
    ),
  }

  it.for(Object.keys(PLACES) as (keyof typeof PLACES)[])('as a %s is refused with its place', (place) => {
    const found = findingsOf(PLACES[place], users)
    expect(found).toMatchObject([{ code: 'PLAN_EXPRESSION', at: { file: 'plan.yaml' } }])
    expect(found[0]?.at?.line).toBeGreaterThan(2)
    expect(found[0]?.message.length).toBeLessThan(300)
  })
})
