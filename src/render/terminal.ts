import pc from 'picocolors'
import type { Finding } from '../errors.ts'
import { sentence } from '../execution/verify.ts'
import type { EventRecord, InvariantRecord } from '../ledger/records.ts'
import { excerpt } from '../text/excerpt.ts'
import { clean, cleanLines, counted, timeText } from '../text/words.ts'
import { columns } from './layout.ts'

/** What `plan log` prints: one event a line, oldest first. */
export function logText(events: readonly EventRecord[]): string {
  const several = new Set(events.map(({ plan }) => plan)).size > 1
  const rows = events.map(({ number, plan, run, epoch, at, actor, kind, data }) => [
    String(number),
    timeText(at),
    ...(several ? [clean(plan)] : []),
    `run ${run}`,
    `epoch ${epoch}`,
    clean(actor),
    clean(kind),
    Object.entries(data)
      .map(([key, value]) => clean(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`))
      .join(' '),
  ])
  return columns(rows)
    .map((line) => `${line}\n`)
    .join('')
}

/** All errors, each with its place, the line in the file, and what to do. */
export function findingsText(
  findings: readonly Finding[],
  sourceText?: string,
  options: { readonly color?: boolean } = {},
): string {
  const paint = pc.createColors(options.color ?? false)
  const blocks = findings.map(({ code, message, hint, at, rows }) => {
    const place = at ? `${clean(at.file)}:${at.line}:${at.column}  ` : ''
    const shown = at && sourceText !== undefined ? excerpt(sourceText, at) : ''
    return [
      `${paint.bold(place)}${paint.red(cleanLines(message))}  ${paint.dim(code)}`,
      ...(shown === '' ? [] : shown.split('\n').map((line) => `  ${line}`)),
      `  hint: ${clean(hint)}`,
      ...(rows?.query && !hint.includes(rows.query) ? [`  rows: ${clean(rows.query)}`] : []),
    ].join('\n')
  })
  return `${blocks.join('\n\n')}\n`
}

/** What `plan verify` prints: one invariant a line. */
export const verifyText = (invariants: readonly InvariantRecord[], row: string): string =>
  invariants
    .map((one) =>
      one.holds
        ? `✓ ${one.name}${one.checked === null ? '' : ` (${counted(one.checked, row)})`}\n`
        : `✗ ${sentence(one, row)}\n`,
    )
    .join('') || 'the plan has no invariants\n'
