import type { Scalar } from '../../../plan/value.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { PARTIAL } from '../../relational/partial.ts'
import { FUNCTIONS, oneOf } from './functions.ts'
import { compared, type Found, NUMBER, type Sort, sortOf, truth, Unsure } from './sorts.ts'
import { type Token, tokens } from './tokens.ts'

/** How far an expression is read. */
type Reading = { readonly words: readonly Token[]; readonly table: Table; at: number }

/**
 * The result of an author's own expression, or why it may fail for some row: a part is unknown here, or a text is used as
 * a number or a time, which strict mode refuses in every writing statement (1292). It follows the servers' grammar and
 * precedence.
 */
export function given(sql: string, table: Table): Found | { readonly fails: string } {
  const reading: Reading = { words: tokens(sql), table, at: 0 }
  try {
    const found = either(reading)
    return reading.at < reading.words.length ? { fails: PARTIAL.unknown } : found
  } catch (error) {
    if (error instanceof Unsure) return { fails: error.message }
    throw error
  }
}

const unknown = (): never => {
  throw new Unsure(PARTIAL.unknown)
}

/** The word at this place in small letters; names and texts keep their quotes. */
const next = ({ words, at }: Reading): string => words[at]?.text.toLowerCase() ?? ''

function took(reading: Reading, ...wanted: readonly string[]): string | null {
  const word = next(reading)
  if (word === '' || !wanted.includes(word)) return null
  reading.at++
  return word
}

const need = (reading: Reading, word: string): unknown => took(reading, word) ?? unknown()

/** Operands joined by one of these words are conditions. */
function joined(reading: Reading, one: (reading: Reading) => Found, ...words: readonly string[]): Found {
  const first = one(reading)
  let found = first
  while (took(reading, ...words)) {
    truth(found)
    truth(one(reading))
    found = NUMBER
  }
  return found
}

const either = (reading: Reading): Found => joined(reading, both, 'or', 'xor')
const both = (reading: Reading): Found => joined(reading, negated, 'and', '&&')

function negated(reading: Reading): Found {
  if (took(reading, 'not', '!') === null) return predicate(reading)
  truth(negated(reading))
  return NUMBER
}

const COMPARES = ['=', '<=>', '<>', '!=', '<', '>', '<=', '>=']

function predicate(reading: Reading): Found {
  let found = simple(reading)
  for (;;) {
    if (took(reading, 'is')) state(reading, found)
    else if (took(reading, ...COMPARES)) compared(found, simple(reading))
    else if (!matched(reading, found)) return found
    found = NUMBER
  }
}

/** Reads what follows IS. */
function state(reading: Reading, found: Found): void {
  took(reading, 'not')
  if (took(reading, 'null')) return
  if (took(reading, 'true', 'false', 'unknown') === null) unknown()
  truth(found)
}

/** Reads a following IN, BETWEEN, LIKE or REGEXP. */
function matched(reading: Reading, found: Found): boolean {
  took(reading, 'not')
  if (took(reading, 'in')) {
    need(reading, '(')
    for (const one of listed(reading, ',')) compared(found, one)
  } else if (took(reading, 'between')) {
    compared(found, simple(reading))
    need(reading, 'and')
    compared(found, simple(reading))
  } else if (took(reading, 'like')) {
    simple(reading)
    if (took(reading, 'escape') && simple(reading).constant === undefined) unknown()
  } else if (took(reading, 'regexp', 'rlike')) {
    if (simple(reading).constant === undefined)
      throw new Unsure('a pattern that comes from the row may be none')
  } else return false
  return true
}

/** Reads up to the closing parenthesis. */
function listed(reading: Reading, ...between: readonly string[]): Found[] {
  if (took(reading, ')')) return []
  const found: Found[] = []
  do found.push(either(reading))
  while (took(reading, ...between))
  need(reading, ')')
  return found
}

function simple(reading: Reading): Found {
  const found = primary(reading)
  while (took(reading, 'collate')) reading.at++
  const path = took(reading, '->', '->>')
  if (path === null) return found
  // A constant path into a value that is known to be JSON.
  if (found.sort !== 'json' || primary(reading).constant === undefined) unknown()
  return path === '->' ? found : { sort: 'text', types: ['longtext'], constants: [] }
}

const constant = (sort: Sort, value: Scalar): Found => ({
  sort,
  types: [],
  constants: [value],
  constant: value,
})

function primary(reading: Reading): Found {
  const word = reading.words[reading.at] ?? unknown()
  reading.at++
  const text = word.text.toLowerCase()
  if (text === '(') {
    const inner = either(reading)
    need(reading, ')')
    return inner
  }
  if (word.kind === 'number') return constant('number', /^0[xb]/.test(text) ? unknown() : Number(text))
  if (word.kind === 'text') return constant('text', word.text.slice(1, -1).replaceAll("''", "'"))
  if (word.kind === 'name') return column(reading, word)
  return word.kind === 'word' ? worded(reading, word, text) : unknown()
}

function worded(reading: Reading, word: Token, text: string): Found {
  if (text === 'null') return { sort: 'null', types: [], constants: [] }
  if (text === 'true' || text === 'false') return constant('number', text === 'true' ? 1 : 0)
  if (text === 'case') return chosen(reading)
  if (text === 'binary') return { ...simple(reading), sort: 'bytes', types: ['longblob'] }
  if (next(reading) !== '(') return column(reading, word)
  reading.at++
  return called(reading, text)
}

/** The last name counts; those before it are the table's. */
function column(reading: Reading, first: Token): Found {
  let word = first
  while (took(reading, '.')) {
    word = reading.words[reading.at] ?? unknown()
    reading.at++
  }
  const name = word.means.toLowerCase()
  const found = reading.table.columns.find((one) => one.name.toLowerCase() === name)
  return found ? { sort: sortOf(found.type), types: [found.type], constants: [] } : unknown()
}

function called(reading: Reading, name: string): Found {
  const take = FUNCTIONS.get(name)
  if (!take) throw new Unsure(`${name}() may fail for some value`)
  if (name === 'trim') took(reading, 'leading', 'trailing', 'both')
  if (name === 'trim' && took(reading, 'from')) return take(name, listed(reading))
  if (name !== 'position') return take(name, listed(reading, ',', 'from', 'for'))
  const part = simple(reading)
  need(reading, 'in')
  return take(name, [part, ...listed(reading)])
}

function chosen(reading: Reading): Found {
  const asked = next(reading) === 'when' ? null : either(reading)
  const results: Found[] = []
  while (took(reading, 'when')) {
    const when = either(reading)
    if (asked) compared(asked, when)
    else truth(when)
    need(reading, 'then')
    results.push(either(reading))
  }
  if (took(reading, 'else')) results.push(either(reading))
  need(reading, 'end')
  return oneOf('case', results)
}
