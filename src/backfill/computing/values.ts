import type { JsKind } from '../../program/kinds/computing.ts'

/** A row as a function of a module gets it. */
export type GivenRow = Readonly<Record<string, unknown>>

/** A value that the server has printed as text, as JavaScript has it. */
export function fromText(text: string | null, kind: JsKind): unknown {
  if (text === null) return null
  if (kind === 'number') return Number(text)
  if (kind === 'boolean') return /^(t|true|1)$/.test(text)
  if (kind === 'json') return JSON.parse(text)
  return kind === 'bytes' ? new Uint8Array(Buffer.from(text.replace(/^\\x/, ''), 'hex')) : text
}

/** What a function gave, as text for the server; or why it cannot be stored, in words that hold no value. */
export function toText(
  value: unknown,
  kind: JsKind,
): { readonly text: string | null } | { readonly no: string } {
  if (value === null) return { text: null }
  if (kind === 'json') return json(value)
  switch (typeof value) {
    case 'string':
      return { text: value }
    case 'number':
    case 'bigint':
      return { text: String(value) }
    case 'boolean':
      return { text: kind === 'number' ? String(Number(value)) : String(value) }
    default:
  }
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? { no: 'an invalid Date' } : { text: value.toISOString() }
  if (value instanceof Uint8Array)
    return kind === 'bytes'
      ? { text: `\\x${Buffer.from(value).toString('hex')}` }
      : { no: 'bytes for a column that holds none' }
  return { no: nameOf(value) }
}

function json(value: unknown): { readonly text: string } | { readonly no: string } {
  try {
    const text: string | undefined = JSON.stringify(value)
    return text === undefined ? { no: nameOf(value) } : { text }
  } catch {
    return { no: 'what JSON cannot hold' }
  }
}

const nameOf = (value: unknown): string => {
  if (value === undefined) return 'undefined'
  if (Array.isArray(value)) return 'a list for a column that holds none'
  return typeof value === 'object' ? 'an object for a column that holds none' : `a ${typeof value}`
}
