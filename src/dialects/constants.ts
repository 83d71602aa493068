import type { Constant, Scalar, Value } from '../plan/value.ts'
import type { Refusal } from './interface/refusal.ts'

/** Whether YAML writes it as one scalar; otherwise it is a list or a map. */
export const isScalar = (value: Constant): value is Scalar => value === null || typeof value !== 'object'

/** The refusal of a list or map for a column of another type than json. */
export const notJson = (value: Constant, type: string): Refusal => ({
  refused: `a column of type ${type} cannot hold ${Array.isArray(value) ? 'a list' : 'a map'}`,
  hint: 'lists and maps are constants of json columns alone: give the column that type, or write the value as text, or as { sql: … }',
})

/** The constants that a column can hold. `least`, `most`: bounds of whole numbers. `digits`: before and after the point. */
export type Kind =
  | { readonly kind: 'whole'; readonly least: bigint; readonly most: bigint }
  | { readonly kind: 'number'; readonly digits?: { readonly whole: number; readonly fraction: number } }
  | { readonly kind: 'truth' | 'date' | 'uuid' | 'json' }
  | { readonly kind: 'text'; readonly most: number }

export const whole = (bits: number, unsigned = false): Extract<Kind, { kind: 'whole' }> => {
  const half = 2n ** BigInt(bits - 1)
  return unsigned
    ? { kind: 'whole', least: 0n, most: 2n * half - 1n }
    : { kind: 'whole', least: -half, most: half - 1n }
}

/** The first constant that such a column cannot hold; null when it can hold them all. */
export function unheld(values: readonly Scalar[], type: string, kind: Kind | null): Refusal | null {
  if (kind === null) return null
  const value = values.find((one) => one !== null && !holds(one, kind))
  return value === undefined
    ? null
    : {
        refused: `${JSON.stringify(value)} is no ${type}`,
        hint: `write a value that a column of type ${type} can hold, or give the column another type`,
      }
}

/** All constants that a mapping returns. */
export const givenBy = ({ cases, else: other }: Extract<Value, { map: unknown }>['map']): Scalar[] => [
  ...Object.values(cases),
  typeof other === 'string' ? null : other.literal,
]

function holds(value: string | number | boolean, kind: Kind): boolean {
  const text = String(value).trim()
  switch (kind.kind) {
    case 'whole':
      return (
        /^[-+]?\d+$/.test(text) &&
        BigInt(text.replace('+', '')) >= kind.least &&
        BigInt(text.replace('+', '')) <= kind.most
      )
    case 'number':
      return (
        /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$|^[-+]?(infinity|inf|nan)$/i.test(text) &&
        (!kind.digits || short(text, kind.digits))
      )
    case 'truth':
      return /^(t|f|y|n|tr|tru|true|fa|fal|fals|false|yes|ye|no|on|off|of|1|0)$/i.test(text)
    case 'date':
      return /\d/.test(text) || /^[-+]?infinity$|^(now|today|tomorrow|yesterday|epoch|allballs)$/i.test(text)
    case 'uuid':
      return /^[{]?([0-9a-f]{4}-?){8}[}]?$/i.test(text)
    case 'json':
      return readable(String(value))
    case 'text':
      return typeof value !== 'string' || [...value.trimEnd()].length <= kind.most
  }
}

/** Whether the rounded number has no more digits before the point than the column. */
const short = (text: string, digits: { readonly whole: number; readonly fraction: number }): boolean =>
  !(Number(Math.abs(Number(text)).toFixed(Math.min(Math.max(digits.fraction, 0), 100))) >= 10 ** digits.whole)

function readable(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
