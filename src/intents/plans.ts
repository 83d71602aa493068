import { z } from 'zod'
import { words } from '../plan/grammar.ts'
import { type Catalogue, planReader } from '../plan/reader.ts'
import type { Intent, Wish } from './define.ts'
import { intents, NOT_BUILT } from './index.ts'

/** Intents by their kinds, for the reader of plans. Tables and documents may each have one of the same kind. */
export function catalogueOf(all: readonly Intent[], notBuilt: readonly string[] = []): Catalogue<Wish> {
  const kinds = [...new Set(all.map(({ kind }) => kind))]
  const shapes = kinds.map((kind) => [kind, either(all.filter((one) => one.kind === kind))] as const)
  return { intents: Object.fromEntries(shapes), notBuilt }
}

function either(found: readonly Intent[]): z.ZodType<Wish> {
  const shapes = found.map(({ wish }) => wish)
  const [first, ...others] = shapes
  if (first && others.length === 0) return first
  return z.union(shapes).register(words, {
    expects: 'a map',
    meant: (written) => found.findIndex(({ model }) => model === modelOf(written)),
  })
}

/** Documents are found in a collection, rows in a table. */
const modelOf = (written: unknown): Intent['model'] =>
  typeof written === 'object' && written !== null && 'collection' in written ? 'documents' : 'tables'

/** Reads plans that ask for the intents of the catalogue, and gives their JSON Schema. */
export const { parse: parsePlan, jsonSchema: planJsonSchema } = planReader(catalogueOf(intents, NOT_BUILT))
