import { describe, expect, it } from 'vitest'
import { type Branch, order, shareOf } from './draw.ts'

const test = (name: string): Branch => ({ name })
const suite = (name: string, ...tasks: Branch[]): Branch => ({ name, tasks })
const names = (tasks: readonly Branch[]): string[] =>
  tasks.flatMap(({ name, tasks: within }) => (within ? names(within).map((one) => `${name}/${one}`) : [name]))

const drawn = (seed: number, runs: readonly [string, number][] = []): string[] => {
  const tasks = [suite('x', test('a'), test('b'), test('c')), suite('y', test('d'), test('e')), test('f')]
  order(tasks, new Map(runs), seed, 'file')
  return names(tasks)
}

describe('the order of tests within a file', () => {
  it('is the same for the same seed, and another one for others', () => {
    expect(drawn(1)).toEqual(drawn(1))
    const orders = new Set(Array.from({ length: 50 }, (_, seed) => drawn(seed).join()))
    expect(orders.size).toBeGreaterThan(10)
    for (const one of orders) expect(one.split(',').sort()).toEqual(drawn(1).sort())
  })

  it('begins with what was never run, and with what waits longest', () => {
    const runs: [string, number][] = [
      ['file > x > a', 30],
      ['file > x > b', 10],
      ['file > x > c', 20],
      ['file > y > d', 5],
      ['file > f', 9],
    ]
    for (let seed = 0; seed < 20; seed++)
      expect(drawn(seed, runs)).toEqual(['y/e', 'y/d', 'f', 'x/b', 'x/c', 'x/a'])
  })
})

describe('the share of a file', () => {
  it('is an equal part of what is left for those that have not begun', () => {
    expect(shareOf(1200, [{ files: 4 }])).toBe(300)
    const begun = [{ files: 4 }, { file: 'a', share: 300 }]
    expect(shareOf(1200, begun)).toBe(300)
    expect(shareOf(1200, [...begun, { file: 'a', used: 600 }])).toBe(200)
    expect(shareOf(1200, [...begun, { file: 'a', used: 0 }])).toBe(400)
  })

  it('is nothing once the budget is used up', () => {
    expect(shareOf(1200, [{ files: 4 }, { file: 'a', used: 1300 }])).toBe(0)
  })
})
