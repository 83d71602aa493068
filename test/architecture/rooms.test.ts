import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The rooms from the ground up: a file imports from its own room and from those before it. The longest name counts. */
const ROOMS = [
  'errors.ts',
  'text/',
  'schema/',
  'program/',
  'plan/',
  'ledger/',
  'dialects/interface/',
  'dialects/relational/',
  'dialects/',
  'intents/',
  'compiler/',
  'ledger/sql/',
  'ledger/open.ts',
  'ledger/require-phase.ts',
  'execution/',
  'backfill/',
  'runner/',
  'render/',
  'export/',
  'operations/',
  'cli/',
  'index.ts',
  'main.ts',
]

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

/** What a file imports, types as well. */
const imports = (file: string): string[] =>
  [...readFileSync(join('src', file), 'utf8').matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, to = '']) =>
    normalize(join(dirname(file), to)),
  )

const graph = new Map(files.map((file) => [file, imports(file)]))

const roomOf = (file: string): string =>
  ROOMS.filter((room) => file.startsWith(room)).sort((a, b) => b.length - a.length)[0] ?? ''

/** Groups of files each of which leads to each other one (Tarjan). */
function circles(): string[][] {
  const found: string[][] = []
  const numbers = new Map<string, number>()
  const path: string[] = []
  const visit = (file: string): number => {
    let low = numbers.size
    numbers.set(file, low)
    path.push(file)
    for (const to of graph.get(file) ?? [])
      if (!numbers.has(to)) low = Math.min(low, visit(to))
      else if (path.includes(to)) low = Math.min(low, numbers.get(to) ?? low)
    if (low !== numbers.get(file)) return low
    const circle = path.splice(path.indexOf(file))
    if (circle.length > 1) found.push(circle.sort())
    return low
  }
  for (const file of graph.keys()) if (!numbers.has(file)) visit(file)
  return found
}

describe('the rooms of the house', () => {
  it('hold every file', () => {
    expect(files.filter((file) => roomOf(file) === '')).toEqual([])
  })

  it('have an order: nobody imports upward, types included', () => {
    const upward = files.flatMap((file) =>
      imports(file)
        .filter((to) => ROOMS.indexOf(roomOf(to)) > ROOMS.indexOf(roomOf(file)))
        .map((to) => `${file} → ${to}`),
    )
    expect(upward).toEqual([])
  })

  it('have no circles, types included', () => {
    expect(circles()).toEqual([])
  })

  it('keep logic out of the command line: it calls operations and shows their results', () => {
    // Names of phases for an option, and the schema that `plan schema` prints.
    const besides = ['program/step.ts', 'intents/plans.ts']
    const rooms = ['errors.ts', 'text/', 'render/', 'operations/', 'cli/']
    const reaching = files
      .filter((file) => file.startsWith('cli/'))
      .flatMap((file) =>
        imports(file)
          .filter((to) => !rooms.includes(roomOf(to)) && !besides.includes(to))
          .map((to) => `${file} → ${to}`),
      )
    expect(reaching).toEqual([])
  })

  it('ask what an action is by the facts of `program/`, not by its kind', () => {
    // Those who make actions, or write them for a database, know their kinds.
    const makers = ['program/', 'compiler/', 'intents/', 'dialects/']
    const asking = files
      .filter((file) => !makers.some((room) => file.startsWith(room)))
      .filter((file) => /\.do\b|\bdo ===/.test(readFileSync(join('src', file), 'utf8')))
    expect(asking).toEqual([])
  })
})
