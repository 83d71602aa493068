/** One member of a BSON document: its type's byte, the place of its name, and the start of its value. */
export type Element = { readonly type: number; readonly name: Name; readonly value: number }

type Name = { readonly from: number; readonly to: number }

/** Types by their bytes, with the names of `$type`. Source: bsonspec.org/spec.html, version 1.1. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [0x01, 'double'],
  [0x02, 'string'],
  [0x03, 'object'],
  [0x04, 'array'],
  [0x05, 'binData'],
  [0x06, 'undefined'],
  [0x07, 'objectId'],
  [0x08, 'bool'],
  [0x09, 'date'],
  [0x0a, 'null'],
  [0x0b, 'regex'],
  [0x0c, 'dbPointer'],
  [0x0d, 'javascript'],
  [0x0e, 'symbol'],
  [0x0f, 'javascriptWithScope'],
  [0x10, 'int'],
  [0x11, 'timestamp'],
  [0x12, 'long'],
  [0x13, 'decimal'],
  [0x7f, 'maxKey'],
  [0xff, 'minKey'],
])

/** The server's name of a type. */
export const typeName = (type: number): string => TYPES.get(type) ?? 'unknown'

const FIXED: ReadonlyMap<number, number> = new Map([
  ...[0x01, 0x09, 0x11, 0x12].map((type) => [type, 8] as const),
  ...[0x06, 0x0a, 0x7f, 0xff].map((type) => [type, 0] as const),
  [0x07, 12],
  [0x08, 1],
  [0x10, 4],
  [0x13, 16],
])

/** Bytes in addition to those that the length at the beginning of the value counts. */
const COUNTED: ReadonlyMap<number, number> = new Map([
  ...[0x02, 0x0d, 0x0e].map((type) => [type, 4] as const),
  ...[0x03, 0x04, 0x0f].map((type) => [type, 0] as const),
  [0x05, 5],
  [0x0c, 16],
])

/** The members of the document or array at this place. Values are not read or stored. */
export function* elements(bytes: Buffer, start: number): Generator<Element> {
  const end = start + bytes.readInt32LE(start) - 1
  for (let at = start + 4; at < end; ) {
    const type = bytes.readUInt8(at)
    const to = bytes.indexOf(0, at + 1)
    const value = to + 1
    yield { type, name: { from: at + 1, to }, value }
    at = value + size(bytes, type, value)
  }
}

function size(bytes: Buffer, type: number, at: number): number {
  const fixed = FIXED.get(type)
  if (fixed !== undefined) return fixed
  const more = COUNTED.get(type)
  if (more !== undefined) return bytes.readInt32LE(at) + more
  // A regular expression is two texts, each ending in a zero.
  if (type === 0x0b) return bytes.indexOf(0, bytes.indexOf(0, at) + 1) + 1 - at
  throw new Error(`no type of BSON: ${type}`)
}
