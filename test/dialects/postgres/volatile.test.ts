import { beforeAll, expect, it } from 'vitest'
import { loadParser } from '../../../src/dialects/postgres/language/parser.ts'
import { isVolatile } from '../../../src/dialects/postgres/language/volatile.ts'

beforeAll(() => loadParser())

const names = new Set(['random', 'nextval', 'Odd Name'])

it.each([
  ['random()', true],
  ['1 + length(random()::text)', true],
  ["nextval('app.s'::regclass)", true],
  ['app."Odd Name"(1)', true],
  ['CASE WHEN true THEN random() END', true],
  ["'random()'::text", false],
  ['now()', false],
  ['random', false],
  ['"odd name"()', false],
  ['not an expression (', true],
])('%s is volatile: %s', (sql, volatile) => {
  expect(isVolatile(sql, names)).toBe(volatile)
})
