import { isDoc, type Json } from './json.ts'

const WIDTH = 96

/** How values are written that need more than JSON has; null for all others. */
export type Special = (value: Json) => string | null

/** A value as JavaScript, on one line where there is room. `EJSON` reads values of types that JSON lacks. */
export function javascript(value: Json, indent = 0, special: Special = () => null): string {
  const line = inline(value, special)
  if (line.length + indent <= WIDTH || special(value) !== null) return line
  const pad = ' '.repeat(indent + 2)
  const inner = (one: Json) => javascript(one, indent + 2, special)
  if (Array.isArray(value))
    return `[\n${value.map((one) => `${pad}${inner(one)},\n`).join('')}${' '.repeat(indent)}]`
  if (!isDoc(value)) return line
  const members = Object.entries(value).map(([name, one]) => `${pad}${key(name)}: ${inner(one)},\n`)
  return `{\n${members.join('')}${' '.repeat(indent)}}`
}

function inline(value: Json, special: Special): string {
  const own = special(value)
  if (own !== null) return own
  if (Array.isArray(value)) return `[${value.map((one) => inline(one, special)).join(', ')}]`
  if (isDoc(value)) {
    const members = Object.entries(value).map(([name, one]) => `${key(name)}: ${inline(one, special)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value)
}

export const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

/** Without brackets `__proto__` would be no name of a member. */
const key = (name: string): string => {
  if (name === '__proto__') return `['${name}']`
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

/** A name for a variable. */
export const variable = (name: string): string => {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const joined = words
    .map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
    .join('')
  return /^[A-Za-z]/.test(joined) && !RESERVED.has(joined) ? joined : 'collection'
}

const RESERVED: ReadonlySet<string> = new Set([
  ...'await break case catch class const continue debugger default delete do else enum export extends'.split(
    ' ',
  ),
  ...'false finally for function if implements import in instanceof interface let new null package'.split(
    ' ',
  ),
  ...'private protected public return static super switch this throw true try typeof var void while with'.split(
    ' ',
  ),
  ...'yield arguments eval filter value document'.split(' '),
])
