import { expect, it } from 'vitest'
import { move, TRANSITIONS } from '../../src/runner/transitions.ts'

it('knows no way out of done and rolled-back', () => {
  expect([TRANSITIONS.done, TRANSITIONS['rolled-back']]).toEqual([[], []])
})

it('can reach done only from running', () => {
  expect(
    Object.entries(TRANSITIONS)
      .filter(([, to]) => to.includes('done'))
      .map(([from]) => from),
  ).toEqual(['running'])
})

it('refuses an arrow that is not there', () => {
  expect(() => move('done', 'running')).toThrow('a plan that is done cannot become running')
})
