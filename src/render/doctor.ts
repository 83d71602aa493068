import type { Check } from '../dialects/interface/check.ts'
import { clean, counted } from '../text/words.ts'

const MARKS = { ok: '✓', warning: '!', failed: '✗' } as const

/** One line for each check, followed by what to do if anything, and at the end the number of each kind. */
export function doctorText(checks: readonly Check[]): string {
  const width = Math.max(0, ...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, outcome, says, hint }) => [
    `${MARKS[outcome]} ${name.padEnd(width)}  ${clean(says)}`,
    ...(outcome === 'ok' ? [] : [`  ${' '.repeat(width)}  → ${clean(hint)}`]),
  ])
  const count = (wanted: Check['outcome']) => checks.filter(({ outcome }) => outcome === wanted).length
  const [warnings, failed] = [count('warning'), count('failed')]
  const rest = [
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ]
  return `${[...lines, '', `${counted(checks.length, 'check')}: ${rest.join(', ') || 'all well'}`].join('\n')}\n`
}
