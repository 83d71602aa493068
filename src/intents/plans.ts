import { z } from 'zod'
import { said, words } from '../plan/grammar.ts'
import { type Catalogue, planReader } from '../plan/reader.ts'
import type { Intent, Wish } from './define.ts'
import { intents, LATER } from './index.ts'

/** Kinds that the specification has and that this version refuses by name: everywhere, or where a table is named. */
type Later = { readonly kinds: readonly string[]; readonly forTables: readonly string[] }

/** Intents by their kinds, for the reader of plans. Tables and documents may each have one of the same kind. */
export function catalogueOf(
  all: readonly Intent[],
  later: Later = { kinds: [], forTables: [] },
): Catalogue<Wish> {
  const shapes = [...new Set(all.map(({ kind }) => kind))].map((kind) => {
    const shape = eitherOf(all.filter((one) => one.kind === kind))
    return [kind, later.forTables.includes(kind) ? ofCollection(kind, shape) : shape]
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

/** Refuses a table here, where SQL databases will have an intent of the same name. */
const ofCollection = (kind: string, shape: z.ZodType<Wish>): z.ZodType<Wish> =>
  z.preprocess((written, context) => {
    if (
      modelOf(written) === 'tables' &&
      typeof written === 'object' &&
      written !== null &&
      'table' in written
    )
      context.addIssue({
        code: 'custom',
        message: said(
          `${kind} is not built yet for SQL databases`,
          `for MongoDB write ${kind}: { collection: … }`,
        ),
        params: { notBuilt: true },
      })
    return written
  }, shape)

/** Documents are found in a collection, rows in a table. */
const modelOf = (written: unknown): Intent['model'] =>
  typeof written === 'object' && written !== null && 'collection' in written ? 'documents' : 'tables'

/** Reads plans that ask for the intents of the catalogue, and gives their JSON Schema. */
export const { parse: parsePlan, jsonSchema: planJsonSchema } = planReader(catalogueOf(intents, LATER))
