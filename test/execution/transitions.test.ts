import { expect, it } from 'vitest'
import { move, TRANSITIONS } from '../../src/execution/transitions.ts'

it('knows no way out of rolled-back, and out of done only to go back', () => {
  expect([TRANSITIONS.done, TRANSITIONS['rolled-back']]).toEqual([['running'], []])
})

it('can reach done only from running', () => {
  expect(
    Object.entries(TRANSITIONS)
      .filter(([, to]) => to.includes('done'))
      .map(([from]) => from),
  ).toEqual(['running'])
})

it('refuses an arrow that is not there', () => {
  expect(() => move('rolled-back', 'running')).toThrow('a plan that is rolled-back cannot become running')
})
