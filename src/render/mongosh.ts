import type { Script } from './scripts.ts'
import { clean } from './text.ts'

/** Longest line before a document is written over several. */
const WIDTH = 100

/** What the runner binds, by the purpose of the statement: `$param` 1 and on. */
const NAMES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^page/, ['limit', 'end', 'after']],
  [/^sample_/, ['limit']],
  [/^(batch|undo|count|sample)/, ['ids']],
]

/** Commands as MongoDB's shell takes them. A question that takes more than one command stands as a comment. */
export const mongosh: Script = {
  extension: 'js',
  comment: '//',
  typed: (statement, name = '') => {
    const command = JSON.parse(statement) as Json
    if (isDocument(command) && typeof command['ask'] === 'string')
      return `// looks up: ${clean(JSON.stringify(command))}`
    const names = NAMES.find(([purpose]) => purpose.test(name))?.[1] ?? []
    const run = `db.runCommand(${written(command, names, 0)})`
    return names.length > 0 && statement.includes('"$param"') ? `(${names.join(', ')}) => ${run}` : `${run};`
  },
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

const isDocument = (value: Json): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function written(value: Json, names: readonly string[], depth: number): string {
  const literal = shellType(value, names)
  if (literal !== null) return literal
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const inner = (one: Json) => written(one, names, depth + 1)
  const isList = Array.isArray(value)
  const members = isList
    ? (value as readonly Json[]).map(inner)
    : Object.entries(value).map(([key, one]) => `${keyText(key)}: ${inner(one as Json)}`)
  const [open, close] = isList ? ['[', ']'] : ['{ ', ' }']
  if (members.length === 0) return isList ? '[]' : '{}'
  const line = `${open}${members.join(', ')}${close}`
  if (line.length + depth * 2 <= WIDTH && !line.includes('\n')) return line
  const indent = '  '.repeat(depth + 1)
  return `${open.trim()}\n${members.map((one) => `${indent}${one}`).join(',\n')}\n${'  '.repeat(depth)}${close.trim()}`
}

const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key))

/** Values that JSON has no word for, as the shell writes them. */
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
  const [key = '', ...more] = Object.keys(value)
  if (more.length > 0) return null
  if (key === '$param') return names[Number(value[key]) - 1] ?? `$${String(value[key])}`
  return TYPES[key]?.(value[key] as Json) ?? null
}

const millis = (value: Json): string => (isDocument(value) ? String(value['$numberLong']) : String(value))
