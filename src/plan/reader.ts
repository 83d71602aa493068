import type { z } from 'zod'
import { jsonSchemaOf } from './json-schema.ts'
import type { Parsed } from './plan.ts'
import { readShape } from './read.ts'
import { planShape } from './shape.ts'
import { PLAN_FILE } from './source.ts'

/** The intents that a plan may ask for: how the fields of each kind become what it asks. */
export type Catalogue<Asked> = {
  readonly intents: Readonly<Record<string, z.ZodType<Asked>>>
  /** Kinds that are in the specification and that this version refuses by name. */
  readonly notBuilt: readonly string[]
}

type Reader<Asked> = {
  /** Reads a plan. Every finding points at the line and column to change. */
  readonly parse: (file: string, text: string) => Parsed<Asked>
  /** The JSON Schema (draft 2020-12) of a plan file, for editors. It covers only what this version can do. */
  readonly jsonSchema: () => object
}

/** A reader of plans that ask for these intents. */
export function planReader<Asked extends object>({ intents, notBuilt }: Catalogue<Asked>): Reader<Asked> {
  const shape = planShape(intents, notBuilt)
  return {
    parse: (file, text) => {
      const read = readShape(PLAN_FILE, shape, file, text)
      if ('findings' in read) return read
      const { value, source } = read
      return {
        plan: { ...value, intents: value.intents.flatMap((one, index) => placed<Asked>(one, index)) },
        source,
      }
    },
    jsonSchema: () => jsonSchemaOf(shape),
  }
}

/** An entry is a map of one key. */
const placed = <Asked extends object>(written: Readonly<Record<string, Asked>>, index: number) =>
  Object.entries(written).map(([kind, asked]) => ({ ...asked, kind, path: ['intents', index, kind] }))
