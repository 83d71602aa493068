import { clean } from '../../../text/words.ts'
import type { Script } from '../../interface/script.ts'
import { isTyped, paramOf, verbatim } from '../language/typed.ts'

/** Longest line before a document is spread over several lines. Deeply nested ones may be somewhat longer. */
const WIDTH = 100
const LEAST = 60

/** What the runner binds as `$param` 1, 2, …, by the purpose of the statement. */
const NAMES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^page/, ['limit', 'end', 'after']],
  [/^sample_/, ['limit']],
  [/^(batch|undo|count|sample|emptied|note)/, ['ids']],
]

/** Commands as MongoDB's shell takes them. What needs more than one command is written as a comment. */
export const mongosh: Script = {
  extension: 'js',
  comment: '//',
  repeats: false,
  typed: (statement, name = '') => {
    const command = JSON.parse(statement) as Json
    if (!isDocument(command)) return ''
    const said = lookUps(command) ?? doings(command)
    if (said) return said.map((line) => `// ${clean(line)}`).join('\n')
    const all = NAMES.find(([purpose]) => purpose.test(name))?.[1] ?? []
    const bound = all.filter((_, index) => statement.includes(`{"$param":${index + 1}}`))
    const run = `db.runCommand(${written(command, all, 0)})`
    return bound.length > 0 ? `(${bound.join(', ')}) => ${run}` : `${run};`
  },
  abridged: (lines) => {
    const [first = '', second = ''] = lines
    return first.endsWith('({') ? `${first} ${second.trim()} … })` : `${first} …`
  },
}

/** Look-ups in the catalogue, which need several commands. */
function lookUps(command: { readonly [key: string]: Json }): string[] | null {
  if (typeof command['ask'] !== 'string') return null
  const checks = command['checks']
  return Array.isArray(checks)
    ? checks.map((one: Json) => `looks up: ${isDocument(one) ? String(one['what']) : ''}`)
    : [`looks up: ${JSON.stringify(command)}`]
}

/** Actions that are not a single command of the server. */
function doings({ act, collection }: { readonly [key: string]: Json }): string[] | null {
  if (act === 'mark stream')
    return [`the tool itself: opens the stream of changes of ${String(collection)} and remembers its place`]
  return act === 'forget stream'
    ? [`the tool itself: forgets the place in the stream of changes of ${String(collection)}`]
    : null
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

const isDocument = (value: Json): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** A value that is alone in its brackets stays on their line, because expressions are deeply nested. */
function written(value: Json, names: readonly string[], depth: number): string {
  const line = flat(value, names)
  if (line.length <= Math.max(WIDTH - depth * 2, LEAST) || value === null || typeof value !== 'object')
    return line
  if (isDocument(value) && (isTyped(value) || verbatim(value))) return line
  const all = Array.isArray(value)
    ? value.map((one: Json) => ['', one] as const)
    : Object.entries(value).map(([key, one]) => [`${keyText(key)}: `, one as Json] as const)
  const [open, close] = bracketsOf(value)
  const [first = ['', null] as const, ...more] = all
  if (more.length === 0) return `${open}${first[0]}${written(first[1], names, depth)}${close}`
  const indent = '  '.repeat(depth + 1)
  const lines = all.map(([key, one]) => `${indent}${key}${written(one, names, depth + 1)}`)
  return `${open.trim()}\n${lines.join(',\n')}\n${'  '.repeat(depth)}${close.trim()}`
}

function flat(value: Json, names: readonly string[], plainly = false): string {
  const literal = plainly ? null : shellType(value, names)
  if (literal !== null) return literal
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const plain = isDocument(value) ? verbatim(value) : null
  if (plain) return flat(plain as Json, names, true)
  const members = Array.isArray(value)
    ? value.map((one: Json) => flat(one, names))
    : Object.entries(value).map(([key, one]) => `${keyText(key)}: ${flat(one as Json, names)}`)
  const [open, close] = bracketsOf(value)
  return members.length === 0 ? `${open}${close}`.replaceAll(' ', '') : `${open}${members.join(', ')}${close}`
}

const bracketsOf = (value: object): readonly [string, string] =>
  Array.isArray(value) ? ['[', ']'] : ['{ ', ' }']

const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key))

/** Types that JSON lacks, as the shell writes them. */
const TYPES: Readonly<Record<string, (value: Json) => string>> = {
  $oid: (value) => `ObjectId(${JSON.stringify(value)})`,
  $date: (value) =>
    typeof value === 'string' ? `ISODate(${JSON.stringify(value)})` : `new Date(${millis(value)})`,
  $numberInt: (value) => `Int32(${JSON.stringify(value)})`,
  $numberLong: (value) => `Long(${JSON.stringify(value)})`,
  $numberDouble: (value) => `Double(${JSON.stringify(value)})`,
  $numberDecimal: (value) => `Decimal128(${JSON.stringify(value)})`,
}

function shellType(value: Json, names: readonly string[]): string | null {
  if (!isDocument(value)) return null
  const number = paramOf(value)
  if (number !== null) return names[number - 1] ?? `$${number}`
  if (!isTyped(value)) return null
  const [key = ''] = Object.keys(value)
  return TYPES[key]?.(value[key] as Json) ?? `EJSON.deserialize(${JSON.stringify(value)})`
}

const millis = (value: Json): string => (isDocument(value) ? String(value['$numberLong']) : String(value))
