import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Stage } from './lives.ts'
import type { Chance } from './numbers.ts'
import { between, count } from './seed.ts'

const RUNNER = fileURLToPath(new URL('crash-runner.mjs', import.meta.url))

/** From the first advance to the end. What is done already is passed over, so these also resume. */
export const RUNS: readonly (readonly string[])[] = [
  ['advance', 'life', '--phase', 'verify'],
  ['confirm', 'switch-app', '--by', 'tester', '--plan', 'life'],
  ['advance', 'life', '--phase', 'contract', '--yes'],
]

/** The same for a plan without a checkpoint. */
export const STRAIGHT: readonly (readonly string[])[] = [['advance', 'life', '--phase', 'contract', '--yes']]

/** How a run dies: the process by SIGKILL, or only its session. */
export type Death = 'kill' | 'sever'

/** Where the run died, in turn, in which of its commands, and the points that it passed if it came to its end. */
type Ended = {
  readonly died: readonly string[]
  readonly run: number
  readonly passed: readonly string[] | null
}

/** What a runner needs of a stage; only what loses its session has to `sever` it. */
type Where = {
  readonly database: { readonly url: string; readonly sever?: Stage['database']['sever'] }
  readonly folder: { readonly path: string }
}

/** From wherever it is to before the first phase. */
export const BACK = [['rollback', 'life', '--yes']]

/** Points by their names, or of each run one by its number among those that a pattern matches. */
type Points = readonly string[] | { readonly nth: readonly number[]; readonly of: RegExp }

/** One process that runs the plan to its end (or these commands), unless it is killed at one of these points. */
export async function runAndDie(
  { database, folder }: Where,
  crashAt: Points,
  how: Death,
  commands: readonly (readonly string[])[] = RUNS,
  fine: readonly number[] = [0, 3],
): Promise<Ended> {
  const child = fork(RUNNER, [], {
    cwd: folder.path,
    env: {
      ...process.env,
      PLAN_DATABASE_URL: database.url,
      RUNS: JSON.stringify(commands),
      FINE: JSON.stringify(fine),
      ...('nth' in crashAt
        ? { NTH: JSON.stringify(crashAt.nth), COUNTED: crashAt.of.source }
        : { CRASH_AT: JSON.stringify(crashAt) }),
      HOW: how,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const died: string[] = []
  const err: string[] = []
  let passed: readonly string[] | null = null
  let number = 0
  child.stderr?.on('data', (chunk) => err.push(String(chunk)))
  const closed = new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (...ended) => resolve(ended))
  })
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const said = JSON.parse(line) as { died?: string; run?: number; passed?: string[] }
    passed = said.passed ?? passed
    number = said.run ?? number
    if (said.died === undefined) continue
    died.push(said.died)
    if (how === 'kill') continue
    await database.sever?.()
    child.send('severed')
  }
  const [code, signal] = await closed
  if (code !== 0 && signal !== 'SIGKILL')
    throw new Error(`the runner ended with ${code ?? signal}\n${told(err)}\n${died.join('\n')}`)
  return { died, run: number, passed }
}

/** Each line once: every command of a run says the same of where it is. */
const told = (err: readonly string[]): string => [...new Set(err.join('').split('\n'))].join('\n')

const changes = (point: string): boolean =>
  !/: (before|after) (select|set|reset|show|begin|start|commit|rollback|with|do)\b/i.test(point)

/**
 * The points right after a statement that changes something, and after each COMMIT of such. What happens between two
 * statements happens on our side, so the point before the next statement finds the server in the same state.
 */
export function crashPoints(passed: readonly string[]): string[] {
  const found: string[] = []
  let dirty = false
  for (const point of passed.filter((one) => one.includes(': after '))) {
    if (changes(point)) {
      dirty = true
      found.push(point)
    } else if (point.includes(': after COMMIT')) {
      if (dirty) found.push(point)
      dirty = false
    }
  }
  return found
}

/** Of every transaction one point within it, another one each time, and the one after its COMMIT. */
export function thinned(points: readonly string[]): string[] {
  const kept: string[] = []
  let within: string[] = []
  for (const point of points) {
    if (!point.includes(': after COMMIT')) {
      within.push(point)
      continue
    }
    const one = within[kept.length % Math.max(1, within.length)]
    kept.push(...(one === undefined ? [] : [one]), point)
    within = []
  }
  return [...kept, ...within]
}

/** After whatever changes something, or commits. */
const COUNTED = /: after (?!(select|set|reset|show|begin|start|rollback|with|do)\b)/i

/** Of each run the number of the point at which it dies; the next one goes on from there. */
type Chain = readonly number[]

/**
 * So many deaths, at points by their numbers, of a run that passed these. Whoever goes on passes what was left, and more: so
 * all of them are reached.
 */
export function chainOf(next: Chance, passed: readonly string[], deaths: number, of = COUNTED): Chain {
  let left = passed.filter((point) => of.test(point)).length
  return Array.from({ length: deaths }, (_, index) => {
    const most = Math.max(1, Math.floor((2 * left) / (deaths - index + 1)))
    const number = between(next, 1, most)
    left -= number
    return number
  })
}

type More = {
  readonly commands?: readonly (readonly string[])[]
  readonly fine?: readonly number[]
  readonly of?: RegExp
}

/** Dies at the first point, and at the second one of the run that goes on, and so on; then comes to the end. Gives where. */
export async function dieInTurn(where: Where, how: Death, chain: Chain, more: More = {}): Promise<string[]> {
  const { commands, fine, of = COUNTED } = more
  const died: string[] = []
  for (let passed: unknown = null; passed === null; ) {
    const ended = await runAndDie(where, { nth: chain.slice(died.length), of }, how, commands, fine)
    died.push(...ended.died)
    passed = ended.passed
  }
  expect(died.length, `the points ${chain.join(', ')}: ${died.join('; ')}`).toBe(chain.length)
  count('crash pairs', chain.length - 1)
  return died
}
