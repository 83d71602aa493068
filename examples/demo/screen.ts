import { createColors } from 'picocolors'
import { PERIODS, type Tally, type Waits } from './tally.ts'

const terminal = process.stdout.isTTY === true
export const color = terminal && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb'
const { bold, dim, green, red, cyan } = createColors(color)

const write = (text: string): void => void process.stdout.write(text)

/** What the demo itself says. */
export const say = (text: string): void => write(`${text}\n`)
export const heading = (text: string): void => write(`\n${bold(text)}\n`)
/** A command as it is typed, below what it is for. */
export const command = (words: readonly string[], why: string): void =>
  write(`\n${dim(`# ${why}`)}\n${dim('$')} ${cyan(`plan ${words.join(' ')}`)}\n`)
export const good = (text: string): void => write(`${green('✓')} ${text}\n`)
export const bad = (text: string): void => write(`${red('✗')} ${text}\n`)

/** What a command prints stands a little to the right. */
export const output = (text: string): void => write(text.replace(/^(?=.)/gm, '  '))
export const redraw = (text: string): void => {
  if (terminal) write(`\r\u001b[2K${text && `  ${text.slice(0, (process.stdout.columns || 80) - 3)}`}`)
}

/** One line for each thing that was counted, one column for each version of the application. */
export function table(
  clients: readonly { readonly name: string; readonly tally: Tally }[],
  detail: boolean,
): void {
  const width = detail ? 30 : 20
  const line = (label: string, cell: (tally: Tally) => string, zero = false) => {
    const cells = clients.map(({ tally }) => {
      const text = cell(tally).padStart(width)
      return zero ? (text.trim() === '0' ? green(text) : red(text)) : text
    })
    say(`  ${label.padEnd(26)}${cells.join('')}`)
  }
  say(dim(`  ${''.padEnd(26)}${clients.map(({ name }) => name.padStart(width)).join('')}`))
  line('statements', ({ plan, periods }) => number(periods.idle.statements + plan.statements))
  line('failed', ({ failed }) => number(failed), true)
  line('wrong reads', ({ wrong }) => number(wrong), true)
  line('p50, p99 with no plan', ({ periods }) => both(periods.idle))
  line('p50, p99 with the plan', ({ plan }) => both(plan))
  line('longest wait meanwhile', ({ plan }) => milliseconds(plan.longest))
  if (!detail) return
  say(dim('\n  statements, p99 and longest wait of each period'))
  for (const period of PERIODS) line(period, ({ periods }) => waits(periods[period]))
}

const waits = ({ statements, p99, longest }: Waits): string =>
  statements === 0
    ? ''
    : [number(statements), milliseconds(p99), milliseconds(longest)].map((text) => text.padStart(10)).join('')
const both = ({ p50, p99 }: Waits): string => `${milliseconds(p50)}, ${milliseconds(p99)}`
export const number = (value: number): string => Math.round(value).toLocaleString('en')
const milliseconds = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} ms`)
