/** Which tests come first, and for how long a file may begin new ones. Pure. */

import { numbers } from '../support/numbers.ts'

/** A test, or a suite of them. */
export type Branch = { readonly name: string; readonly tasks?: Branch[] }

/** When each test was last run, milliseconds since 1970, by its full name. Those that never were are missing. */
export type LastRuns = ReadonlyMap<string, number>

/** What joins the names of file, suites and test to a full name. */
export const fullName = (path: string, name: string): string => `${path} > ${name}`

/** Orders a list, and the lists within, in place: those that waited longest come first, equals as the seed has it. */
export function order(tasks: Branch[], runs: LastRuns, seed: number, path: string): void {
  const ranks = new Map(
    tasks.map((task) => {
      const name = fullName(path, task.name)
      if (task.tasks) order(task.tasks, runs, seed, name)
      return [task, { last: lastRun(task, runs, name), chance: numbers(`${seed} ${name}`)() }]
    }),
  )
  tasks.sort((a, b) => {
    const [one, other] = [ranks.get(a), ranks.get(b)]
    if (!one || !other) return 0
    return one.last - other.last || one.chance - other.chance
  })
}

/** A suite waits as long as the test in it that waits longest. */
const lastRun = (task: Branch, runs: LastRuns, name: string): number =>
  task.tasks
    ? Math.min(...task.tasks.map((child) => lastRun(child, runs, fullName(name, child.name))))
    : (runs.get(name) ?? 0)

/** What a run has told so far: how many files it has, and what each of them may use and used, milliseconds of one worker. */
export type Told =
  | { readonly files: number }
  | { readonly file: string; readonly share: number }
  | { readonly file: string; readonly used: number }

/**
 * For how long a file may begin tests, milliseconds: what is left of the budget, in equal parts for the files that have
 * not begun. A file that needs less than its share leaves more to the others.
 */
export function shareOf(budget: number, told: readonly Told[]): number {
  const used = new Map<string, number>()
  let files = 0
  for (const one of told)
    if ('files' in one) files = one.files
    else used.set(one.file, 'used' in one ? one.used : one.share)
  const spent = [...used.values()].reduce((sum, part) => sum + part, 0)
  return Math.max(0, budget - spent) / Math.max(1, files - used.size)
}
