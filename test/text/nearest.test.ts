import { expect, it } from 'vitest'
import { nearest } from '../../src/text/nearest.ts'

it.each([
  ['last_nmae', ['first_name', 'last_name'], 'last_name'],
  ['LastName', ['lastname', 'last'], 'lastname'],
  ['lastname', ['id', 'last_name'], 'last_name'],
  ['emial', ['mail', 'email'], 'email'],
  ['a', ['b'], 'b'],
])('%s among %j most likely means %s', (wanted, names, meant) => {
  expect(nearest(wanted, names)).toBe(meant)
})

it('takes the first of several that are as close', () => {
  expect(nearest('name_c', ['name_a', 'name_b'])).toBe('name_a')
})

it.each([
  ['email', ['created_at', 'id']],
  ['email', []],
  ['id', ['name']],
])('says nothing for %s among %j', (wanted, names) => {
  expect(nearest(wanted, names)).toBeUndefined()
})
