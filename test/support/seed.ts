import { appendFileSync } from 'node:fs'
import { inject, onTestFailed } from 'vitest'
import { type Chance, numbers } from './numbers.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What all chance in the tests is drawn from. */
    seed: number
  }
}

/** Whether the random layers go on for long: `npm run test:soak`. */
export const SOAK = process.env['PLAN_SOAK'] === '1'

/**
 * A row of random numbers of its own: whoever shares one with somebody else would get other numbers as often as the other
 * one is quicker. A test that fails says how to draw the same ones again.
 */
export function chance(name: string): Chance {
  onTestFailed(({ task }) => {
    for (const error of task.result?.errors ?? []) {
      if (error.message.includes('PLAN_SEED=')) continue
      const again = `\nto draw the same again: PLAN_SEED=${inject('seed')}`
      error.stack = error.stack?.replace(error.message, () => error.message + again) ?? ''
      error.message += again
    }
  })
  return drawnBefore(name)
}

/** The same for what is drawn outside of any test, such as in beforeAll; a run prints its seed at its start. */
const drawnBefore = (name: string): Chance => numbers(`${inject('seed')} ${name}`)

/** The same numbers in every run but a soak: so many cases that not all of them can be gone through before a change lands. */
export const steady = (name: string): Chance => (SOAK ? drawnBefore(name) : numbers(name))

/** For what draws by itself, as fast-check does. */
export const seeded = () => ({ seed: inject('seed') })

/** Any whole number from `least` to `most`. */
export const between = (next: Chance, least: number, most: number): number =>
  least + Math.floor(next() * (most - least + 1))

/** So many of a list, in its order. */
export function some<T>(next: Chance, count: number, list: readonly T[]): T[] {
  const left = list.map((_, index) => index)
  const drawn = new Set<number>()
  while (drawn.size < count && left.length > 0)
    for (const index of left.splice(Math.floor(next() * left.length), 1)) drawn.add(index)
  return list.filter((_, index) => drawn.has(index))
}

/** So many of a list, drawn anew in each run, where all would take too long; all of them in a soak. */
export const sample = <T>(name: string, count: number, list: readonly T[]): readonly T[] =>
  SOAK ? list : some(drawnBefore(name), count, list)

/** Into the totals of a soak. */
export function count(what: string, number = 1): void {
  const file = process.env['PLAN_SOAK_COUNTS']
  if (file) appendFileSync(file, `${JSON.stringify({ what, number })}\n`)
}
