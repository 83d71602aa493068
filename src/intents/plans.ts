import { z } from 'zod'
import { words } from '../plan/grammar.ts'
import { type Catalogue, planReader } from '../plan/reader.ts'
import type { Intent, Wish } from './define.ts'
import { intents, LATER } from './index.ts'

/** Kinds that the specification has and that this version refuses by name. */
type Later = { readonly kinds: readonly string[] }

/** Intents by their kinds, for the reader of plans. Tables and documents may each have one of the same kind. */
export function catalogueOf(all: readonly Intent[], later: Later = { kinds: [] }): Catalogue<Wish> {
  const shapes = [...new Set(all.map(({ kind }) => kind))].map((kind) => {
    return [kind, eitherOf(all.filter((one) => one.kind === kind))]
  })
  return { intents: Object.fromEntries(shapes), notBuilt: later.kinds }
}

function eitherOf(found: readonly Intent[]): z.ZodType<Wish> {
  const [only, ...others] = found
  if (only && others.length === 0) return only.wish
  return z.union(found.map(({ wish }) => wish)).register(words, {
    expects: 'a map',
    meant: (written) => found.findIndex(({ model }) => model === modelOf(written)),
  })
}

/** Documents are found in a collection, rows in a table. */
const modelOf = (written: unknown): Intent['model'] =>
  typeof written === 'object' && written !== null && 'collection' in written ? 'documents' : 'tables'

/** Reads plans that ask for the intents of the catalogue, and gives their JSON Schema. */
export const { parse: parsePlan, jsonSchema: planJsonSchema } = planReader(catalogueOf(intents, LATER))
