import { closing } from '../language/definitions.ts'
import { type Token, tokens } from '../language/tokens.ts'

/** What SHOW CREATE TABLE prints, in its order and without separating commas. */
export type TableText = {
  readonly columns: ReadonlyMap<string, ColumnText>
  /** The primary key has the name `PRIMARY`. */
  readonly keys: readonly Named[]
  readonly checks: readonly Named[]
}

/** A part of a table that has a name. */
export type Named = { readonly name: string; readonly definition: string }

/** Everything after a column's name, split into clauses. */
export type ColumnText = {
  readonly definition: string
  /** As printed: MySQL writes numbers as strings, MariaDB writes all as meant. */
  readonly default: string | null
  readonly onUpdate: string | null
  readonly generated: { readonly kind: 'stored' | 'virtual'; readonly expression: string } | null
  /** For MariaDB: the expression of the column's own check. */
  readonly check: string | null
}

/**
 * In a foreign key's line MariaDB does not double backticks (10.11), so what follows could not be read. These lines are
 * skipped, since information_schema has all of it. No other line begins this way: comments and defaults print a line
 * break as `
 * `.
 */
const FOREIGN_KEYS = /^ {2}CONSTRAINT `.*` FOREIGN KEY \(.*\n/gm

/** Takes apart what SHOW CREATE TABLE printed with sql_quote_show_create, ANSI_QUOTES off. */
export function readTable(statement: string): TableText {
  const sql = statement.replace(FOREIGN_KEYS, '')
  const [columns, keys, checks] = [new Map<string, ColumnText>(), [] as Named[], [] as Named[]]
  for (const words of items(sql)) {
    const [first, second] = words
    const after = (token: Token | undefined) => sql.slice(token?.end, words.at(-1)?.end).trim()
    if (first?.kind === 'name') columns.set(first.means, columnText(after(first)))
    else if (first?.text === 'CONSTRAINT' && second)
      checks.push({ name: second.means, definition: check(after(second)) })
    else if (words.slice(0, 2).some(({ text }) => text === 'KEY'))
      keys.push({ name: keyName(words), definition: sql.slice(first?.start, words.at(-1)?.end) })
  }
  return { columns, keys, checks }
}

const keyName = (words: readonly Token[]): string =>
  words[0]?.text === 'PRIMARY' ? 'PRIMARY' : (words.find(({ kind }) => kind === 'name')?.means ?? '')

/** MySQL hides syntax newer than 8.0.16 from older servers. */
const check = (definition: string): string => definition.replace(/ ?\/\*!80016 (NOT ENFORCED) \*\/$/, ' $1')

/** The words of each line between the outermost parentheses. */
function items(sql: string): Token[][] {
  const words = tokens(sql)
  const open = words.findIndex(({ text }) => text === '(')
  const close = closing(words, open)
  if (open < 0 || close < 0)
    throw new Error(`cannot read what SHOW CREATE TABLE printed: ${sql.slice(0, 80)}`)
  return commaSeparated(words.slice(open + 1, close))
}

/** Splits at the commas outside parentheses. */
export function commaSeparated(words: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of words) {
    if (token.text === '(') depth++
    if (token.text === ')') depth--
    if (token.text === ',' && depth === 0) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

/** A word, or everything inside parentheses as one unit. */
type Unit = { readonly text: string; readonly kind: Token['kind'] | 'group' }

function columnText(definition: string): ColumnText {
  const all = units(definition)
  const find = (...wanted: string[]) => {
    const at = all.findIndex((_, i) =>
      wanted.every((text, j) => all[i + j]?.kind === 'word' && all[i + j]?.text === text),
    )
    return at < 0 ? all.length : at + wanted.length
  }
  const group = (at: number) => (all[at]?.kind === 'group' ? (all[at]?.text.slice(1, -1) ?? null) : null)
  const as = find('AS')
  const expression = group(as)
  return {
    definition,
    default: value(all, find('DEFAULT')),
    onUpdate: value(all, find('ON', 'UPDATE')),
    generated:
      expression === null
        ? null
        : { kind: all[as + 1]?.text === 'VIRTUAL' ? 'virtual' : 'stored', expression },
    check: group(find('CHECK')),
  }
}

/** A literal, an expression in parentheses, or a function: `b'1'`, `CURRENT_TIMESTAMP(6)`. */
function value(all: readonly Unit[], at: number): string | null {
  const [first, second] = [all[at], all[at + 1]]
  if (first === undefined) return null
  const goesOn =
    first.kind === 'word' && (second?.kind === 'group' || (first.text === 'b' && second?.kind === 'text'))
  return goesOn ? first.text + second.text : first.text
}

function units(definition: string): Unit[] {
  const words = tokens(definition)
  const found: Unit[] = []
  for (let i = 0; i < words.length; i++) {
    const token = words[i] as Token
    const close = token.text === '(' ? closing(words, i) : -1
    if (close < 0) found.push(token)
    else found.push({ kind: 'group', text: definition.slice(token.start, words[close]?.end) })
    if (close > 0) i = close
  }
  return found
}
