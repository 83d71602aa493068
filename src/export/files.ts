import type { MigrationScript } from '../dialects/interface/migration.ts'
import { ended } from '../dialects/relational/script.ts'
import { scriptOf } from '../dialects/scripts.ts'
import type { Program } from '../program/program.ts'
import { render } from '../render/templates.ts'
import type { Piece, Style, Tool, ToolFile } from './tool.ts'

/** What is exported, and to which tool. `own`: a directory whose templates replace the shipped ones. */
export type Exported = {
  readonly tool: Tool
  readonly script: MigrationScript
  readonly program: Program
  readonly own: string | null
}

/** The text of a migration's file, and of what stands beside it. */
export function filesOf(
  { tool, script, program, own }: Exported,
  piece: Piece,
  { stamp, style }: { readonly stamp: string; readonly style: Style },
): ToolFile[] {
  const path = tool.path({ stamp, name: piece.name, style })
  const around = script.around?.([...piece.up, ...piece.down]) ?? []
  const escaped = tool.escaped ?? ((statement: string) => statement)
  const data = {
    ...style,
    ...piece,
    plan: program.plan.name,
    comment: [...piece.comment, `Written by plan export; plan export --check finds a change.`],
    className: classOf(piece, stamp),
    up: piece.up.map(escaped),
    down: piece.down.map(escaped),
    around,
    ejson: around.some((one) => one.includes('EJSON')),
    session: script.session,
    begin: program.engine.transaction.begin[0] ?? '',
    ...tool.data?.(piece, program.plan.name),
  }
  const text = render(
    `export/${tool.template}`,
    data,
    {},
    { own, helpers: { js, indented, ...sqlOf(program) } },
  )
  return [
    { path, text },
    ...Object.entries(tool.beside?.(path) ?? {}).map(([name, beside]) => ({ path: name, text: beside })),
  ]
}

/** A statement with its end: as a driver takes it, and as a person types it. */
const sqlOf = (program: Program) => ({
  ended: (statement: string) => ended(statement),
  typed: (statement: string) => scriptOf(program).typed(statement),
})

/** Code of any lines, further in. */
const indented = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))

/** A text of any lines as JavaScript. */
const js = (text: string): string => `\`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\``

/** The name of a migration's class. */
export const classOf = ({ name }: Pick<Piece, 'name'>, stamp: string): string => `${pascal(name)}${stamp}`

const pascal = (name: string): string =>
  name
    .split('_')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('')

/** The time as the tool's file names count it. */
export const stampOf = ({ stamp }: Tool, at: Date): string =>
  stamp === 'milliseconds' ? String(at.getTime()) : at.toISOString().replaceAll(/\D/g, '').slice(0, 14)

/** The time in a name such as `20261201093000_add_users.js`; null for a file that has none. */
export function timeOf(entry: string): Date | null {
  const digits = /^V?(\d{13,17})(?!\d)/.exec(entry)?.[1]
  if (digits === undefined) return null
  if (digits.length === 13) return new Date(Number(digits))
  const [year, month, day, hour, minute, second] = [
    ...[digits.slice(0, 4)],
    ...[4, 6, 8, 10, 12].map((from) => digits.slice(from, from + 2)),
  ].map(Number)
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
  return Number.isNaN(at) ? null : new Date(at)
}
