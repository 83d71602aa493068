import { type Document, isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'

/** The text of a key as written: `01` is not the number 1. Undefined when the key is a list, map or alias. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}

/** The offset of the deepest written value on the way to `path`. `atKey`: of the last key instead of its value. */
export function offsetOf(document: Document, path: readonly PropertyKey[], atKey: boolean): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [depth, step] of path.entries()) {
    const entry = entryOf(isAlias(node) ? node.resolve(document) : node, step)
    const pointsAtKey = atKey && depth === path.length - 1
    const start = pointsAtKey ? startOf(entry?.key) : (startOf(entry?.value) ?? startOf(entry?.key))
    if (start === undefined) break
    offset = start
    node = entry?.value
  }
  return offset
}

type Entry = { readonly key?: unknown; readonly value: unknown }

function entryOf(node: unknown, step: PropertyKey): Entry | undefined {
  if (isMap(node)) return node.items.find(({ key }) => keyText(key) === String(step))
  return isSeq(node) ? { value: node.items[Number(step)] } : undefined
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)
