import { join } from 'node:path'
import { type LocalServer, startServer } from '../../test/support/server.ts'
import type { Asked, Bench } from '../bench.ts'
import { median } from '../measure.ts'
import { matrixHead, matrixLine, say, unmeasuredLine } from '../screen.ts'
import { expand, workplace } from '../tool.ts'
import { offset, pgroll, single, toolwork } from './backfill.ts'
import { SETTINGS } from './bench.ts'
import { copy, createBase, type PostgresCost } from './database.ts'
import { VARIANTS, type Variant } from './variants.ts'

/** The same backfill over tables of several shapes, each way once in a round. */
export const keys: Bench = {
  rows: 300_000,
  parts: [],
  run: async (asked, folder) => {
    await using server = await startServer({ durable: true, settings: SETTINGS })
    say(`PostgreSQL ${server.version}, fsync on`)
    say('  Each line says what it took, and how many times as long as the tool with one worker.')
    say(
      '  With an index: the tool and the single UPDATE make it afterwards, and that counts; the others have it from the start.',
    )
    for (const [index, variant] of VARIANTS.entries())
      await shape(server, join(folder, String(index)), variant, asked)
  },
}

type Line = { readonly name: string; readonly measure: () => Promise<PostgresCost> }

async function shape(server: LocalServer, folder: string, variant: Variant, asked: Asked): Promise<void> {
  const { rows, rounds } = asked
  matrixHead(variant.name, rows)
  const one = workplace(join(folder, 'one'))
  const two = workplace(join(folder, 'two'), { workers: 2 })
  await createBase(server, rows, variant)
  const tool = await expanded(server, one, two)
  const lines: Line[] = [
    ...(tool
      ? [
          {
            name: 'plan advance, one worker',
            measure: async () => (await toolwork(server, one, 'expanded', variant)).cost,
          },
          {
            name: 'the same, two workers',
            measure: async () => (await toolwork(server, two, 'expanded2', variant)).cost,
          },
          { name: 'one single UPDATE', measure: () => single(server, rows, variant) },
        ]
      : []),
    ...(variant.key.length > 0
      ? [
          {
            name: "pgroll's batches of 1000",
            measure: async () => (await pgroll(server, rows, variant)).cost,
          },
          { name: 'loop with OFFSET', measure: async () => (await offset(server, rows, variant)).cost },
        ]
      : []),
  ]
  const costs = new Map<string, PostgresCost[]>()
  for (let round = 0; round < rounds; round++)
    for (const { name, measure } of lines) costs.set(name, [...(costs.get(name) ?? []), await measure()])
  const first = middle(costs.get(lines[0]?.name ?? '') ?? [])
  for (const { name } of lines) {
    const cost = middle(costs.get(name) ?? [])
    matrixLine(name, rows, cost, cost.ms / first.ms)
  }
  if (!tool) unmeasuredLine('plan advance', 'skipped: plan compile refuses a table without a key')
  if (variant.key.length === 0) unmeasuredLine('pgroll, OFFSET', 'skipped: they need a key')
}

/** Databases in which the plan was expanded; false where it cannot be compiled for want of a key. */
async function expanded(server: LocalServer, one: string, two: string): Promise<boolean> {
  for (const [cwd, name] of [
    [one, 'expanded'],
    [two, 'expanded2'],
  ] as const) {
    await copy(server, 'base', name)
    try {
      await expand(cwd, server.url(name))
    } catch (error) {
      if (String(error).includes('has no primary key')) return false
      throw error
    }
  }
  return true
}

const middle = (costs: readonly PostgresCost[]): PostgresCost => {
  const of = (what: keyof PostgresCost) => median(costs.map((cost) => cost[what]))
  return { ms: of('ms'), log: of('log'), size: of('size'), growth: of('growth'), hot: of('hot') }
}
