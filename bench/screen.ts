import type { Contender } from './backfill.ts'

const say = (text: string): void => console.log(text)

export const number = (value: number): string => Math.round(value).toLocaleString('en')
export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : number(value)} ms`
export const ratio = (value: number): string => `${value < 10 ? value.toFixed(2) : number(value)} ×`
export const megabytes = (bytes: number): string =>
  Number.isNaN(bytes) ? '–' : `${number(bytes / 1024 / 1024)} MB`
const seconds = (value: number): string => `${(value / 1_000).toFixed(1)} s`

const columns = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, index) => {
      const width = widths[index] ?? 0
      return index === 0 ? cell.padEnd(width) : cell.padStart(width)
    })
    .join('')
    .trimEnd()

const WIDE = [34, 11, 11, 10, 12, 12, 10]

export function backfillHead(rows: number): void {
  say(
    columns(
      [`backfill of ${number(rows)} rows`, 'rows/s', 'time', 'WAL', 'table then', 'tool is', 'goal'],
      WIDE,
    ),
  )
}

/** `faster`: how many times as fast the tool is, and what it should be at least. */
export function backfillLine(
  rows: number,
  { name, cost, note }: Contender,
  faster: { readonly ratio: number; readonly goal: string } | null,
): void {
  const cells = [
    name,
    number(rows / (cost.ms / 1_000)),
    seconds(cost.ms),
    megabytes(cost.wal),
    megabytes(cost.size),
  ]
  say(columns([...cells, ...(faster ? [ratio(faster.ratio), faster.goal] : [])], WIDE))
  if (note) say(`  (${note})`)
}

const NARROW = [68, 18, 12]
export const otherHead = (): void => say(columns(['\nelse', 'measured', 'goal'], [69, 18, 12]))
export const other = (name: string, measured: string, goal: string): void =>
  say(columns([name, measured, goal], NARROW))
