import { expect, it } from 'vitest'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, index, snapshot, table } from '../support/snapshots.ts'

const MERGE =
  'merge_columns: { table: users, from: [a, b], into: { c: { type: text, value: { concat: { columns: [a, b], separator: " " } } } }, back: { a: { split: { column: c, separator: " ", part: first } }, b: { split: { column: c, separator: " ", part: rest } } } }'

const right = (to: string) => ({ to, privilege: 'SELECT', grantable: false })
const users = table('users', [
  id(),
  column('a', 'text', { grants: [right('clerk'), right('boss')] }),
  column('b', 'text', { grants: [right('boss')] }),
  column('z'),
])
const on = snapshot({
  tables: [{ ...users, indexes: [...users.indexes, index('users', 'both', ['a', 'b'])] }],
})

it('an index over both old columns goes with them, and is named', () => {
  expect(compiled(planOf(MERGE), on).warnings.join()).toContain('index both goes with a')
})

it('only who may read both old columns may read the new one', () => {
  const [add] = compiled(planOf(MERGE), on).phases.flatMap(({ steps }) =>
    steps.flatMap(({ parts }) => parts.flatMap(({ action }) => (action.do === 'add_column' ? [action] : []))),
  )
  expect(add?.column.grants).toEqual([right('boss')])
})

it.each([
  ['nothing says how b is made', MERGE.replace(/, b: \{ split.*\} \} \}$/, ' } }')],
  ['z is not one of the columns that are merged', MERGE.replace('back: {', 'back: { z: { literal: x },')],
  ['a is named twice', MERGE.replace('[a, b], into', '[a, b, a], into')],
  ['z belongs to neither side of this merge', MERGE.replace('columns: [a, b]', 'columns: [a, z]')],
  [
    'b belongs to neither side of this merge',
    MERGE.replace('column: c, separator: " ", part: rest', 'column: b, separator: " ", part: rest'),
  ],
  ['expected a list of at least two columns', MERGE.replace('from: [a, b]', 'from: [a]')],
])('a merge is refused: %s', (why, intent) => {
  expect(() => compiled(planOf(intent), on)).toThrow(why)
  expect(findingsOf(planOf(intent), on)[0]?.hint).toMatch(/\w|^$/)
})
