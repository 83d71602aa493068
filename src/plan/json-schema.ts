import { z } from 'zod'

type Json = Record<string, unknown>

/** The JSON Schema (draft 2020-12) of a plan file, for editors. It covers only what this version can do. */
export function jsonSchemaOf(planShape: z.ZodType): object {
  const schema = rewrite(z.toJSONSchema(planShape, { io: 'input' })) as Json
  return {
    $schema: schema['$schema'],
    title: 'Plan of expand-contract',
    description: 'A schema change to carry through a live database: what should change, not how.',
    ...schema,
  }
}

/** The same tree without refused keys. Maps of exactly one key become explicit alternatives. */
function rewrite(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rewrite)
  if (!isJson(node)) return node
  const { single, ...rest } = node
  const fields = isJson(rest['properties']) ? rest['properties'] : undefined
  if (!fields) return mapped(rest)
  const built = Object.entries(fields).filter(([, field]) => !isNever(field))
  const properties = Object.fromEntries(built.map(([key, field]) => [key, rewrite(field)]))
  if (!single) return { ...mapped(rest), properties }
  const { type: _, properties: __, additionalProperties: ___, ...more } = rest
  return {
    ...more,
    type: 'object',
    oneOf: Object.entries(properties).map(([key, field]) => only(key, field)),
  }
}

const mapped = (node: Json): Json =>
  Object.fromEntries(Object.entries(node).map(([key, child]) => [key, rewrite(child)]))

const only = (key: string, field: unknown): Json => ({
  type: 'object',
  properties: { [key]: field },
  required: [key],
  additionalProperties: false,
})

/** How zod writes a key that must be absent. */
const isNever = (field: unknown): boolean =>
  isJson(field) && isJson(field['not']) && Object.keys(field['not']).length === 0

const isJson = (node: unknown): node is Json =>
  typeof node === 'object' && node !== null && !Array.isArray(node)
