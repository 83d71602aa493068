import type { Contender, Toolwork } from './measure.ts'

export const say = (text: string): void => console.log(text)

const number = (value: number): string => Math.round(value).toLocaleString('en')
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

/** `log`: what the server calls its logs. */
export function backfillHead(rows: number, log: string): void {
  say(
    columns(
      [`backfill of ${number(rows)} rows`, 'rows/s', 'time', log, 'table then', 'tool is', 'goal'],
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
    megabytes(cost.log),
    megabytes(cost.size),
  ]
  say(columns([...cells, ...(faster ? [ratio(faster.ratio), faster.goal] : [])], WIDE))
  if (note) say(`  (${note})`)
}

const MATRIX = [46, 11, 10, 10, 11, 8, 12]

/** `variant`: the shape of the table. */
export function matrixHead(variant: string, rows: number): void {
  say('')
  say(
    columns(
      [`${variant} (${number(rows)})`, 'rows/s', 'time', 'WAL', 'table +', 'HOT', 'of the tool'],
      MATRIX,
    ),
  )
}

type Changed = {
  readonly ms: number
  readonly log: number
  readonly growth: number
  readonly hot: number
}

/** `longer`: how many times as long as the tool. */
export function matrixLine(name: string, rows: number, cost: Changed, longer: number): void {
  const hot = Number.isNaN(cost.hot) ? '–' : `${Math.round(cost.hot * 100)} %`
  const speed = number(rows / (cost.ms / 1_000))
  const cells = [name, speed, seconds(cost.ms), megabytes(cost.log), megabytes(cost.growth), hot]
  say(columns([...cells, ratio(longer)], MATRIX))
}

/** For what could not be measured. */
export function unmeasuredLine(name: string, why: string, note = ''): void {
  say(columns([name, why], [WIDE[0] ?? 0, 0]))
  if (note) say(`  (${note})`)
}

const NARROW = [68, 24, 12]
export function otherHead({ peak, batches }: Toolwork): void {
  say(columns(['\nelse', 'measured', 'goal'], [69, 24, 12]))
  other('memory of the runner, at most', megabytes(peak), '≤ 150 MB')
  other('batches', number(batches), '')
}
export const other = (name: string, measured: string, goal: string): void =>
  say(columns([name, measured, goal], NARROW))
