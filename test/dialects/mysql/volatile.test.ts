import { expect, it } from 'vitest'
import { isVolatile, VOLATILE } from '../../../src/dialects/mysql/language/volatile.ts'

it.each([
  ['(uuid())', true],
  ['1 + length(RAND())', true],
  ['now (6)', true],
  ['now /* */ ()', true],
  ['CURRENT_TIMESTAMP', true],
  ['current_timestamp()', true],
  ['CASE WHEN true THEN sysdate(6) END', true],
  ['nextval(`app`.`numbers`)', true],
  ['NEXT VALUE FOR app.numbers', true],
  ['`uuid`()', true],
  ['@x + 1', true],
  ["'not closed", true],
  ['length(/* rand */ `a`)', false],
  ['length /* rand() */ (`a`)', false],
  ["concat('uuid()', `uuid`)", false],
  ['`current_timestamp`', false],
  ['t.current_date', false],
  ['user + 1', false],
  ['uuid_to_bin(`a`)', false],
  ['next + value', false],
])('%s is volatile: %s', (sql, volatile) => {
  expect(isVolatile(sql)).toBe(volatile)
})

it('lists the functions sorted, in small letters and each once', () => {
  expect(VOLATILE).toEqual([...new Set(VOLATILE.map((name) => name.toLowerCase()))].sort())
})
